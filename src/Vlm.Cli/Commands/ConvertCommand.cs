using System.CommandLine;
using Vlm.Api;
using Vlm.Core.Weights;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm convert SRC DST</c>: the original <c>.bin</c> layout to safetensors in Hugging Face layout.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> source = new("SRC") { Description = "Checkpoint in the original layout." };
        source.AcceptExistingOnly();
        Argument<DirectoryInfo> target = new("DST") { Description = "Folder to make; must not exist or be empty." };
        Command command = new("convert", """
            Converts an original LLaVA checkpoint (.bin, separate vision tower) to safetensors in Hugging Face layout.

            Example:
              ./vlm convert llava-v1.5-7b llava-1.5-7b-hf
            """)
        {
            source, target,
        };
        command.SetAction((parsed, cancel) =>
        {
            string to = parsed.GetValue(target)!.FullName;
            ProgressLine.Run("converting", report => CheckpointConverter.Convert(parsed.GetValue(source)!.FullName, to, report, cancel));
            Console.WriteLine(to);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
