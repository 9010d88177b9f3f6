using System.CommandLine;
using Vlm.Api;
using Vlm.Core.Weights;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm convert SRC DST</c>: either layout to safetensors in Hugging Face layout, on wish with int8 matrices.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        Option<string> weights = new("--weights") { Description = "auto keeps the element types; int8 rounds the language model's matrices once, for mapping at load.", DefaultValueFactory = _ => "auto" };
        weights.AcceptOnlyFromAmong("auto", "int8");
        Argument<DirectoryInfo> source = new("SRC") { Description = "Checkpoint in either layout." };
        source.AcceptExistingOnly();
        Argument<DirectoryInfo> target = new("DST") { Description = "Folder to make; must not exist or be empty." };
        Command command = new("convert", """
            Converts a LLaVA checkpoint (also the original .bin files with a separate vision tower) to safetensors in Hugging Face layout.

            Examples:
              ./vlm convert llava-v1.5-7b llava-1.5-7b-hf
              ./vlm convert llava-1.5-7b-hf llava-1.5-7b-int8 --weights int8
            """)
        {
            source, target, weights,
        };
        command.SetAction((parsed, cancel) =>
        {
            string to = parsed.GetValue(target)!.FullName;
            ProgressLine.Run("converting", report => CheckpointConverter.Convert(
                parsed.GetValue(source)!.FullName, to, report, parsed.GetValue(weights) == "int8", cancel));
            Console.WriteLine(to);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
