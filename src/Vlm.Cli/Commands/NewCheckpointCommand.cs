using System.CommandLine;
using Vlm.Api;
using Vlm.Core.Weights;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm new-checkpoint DIR --preset NAME</c>: random weights of a real shape.</summary>
internal static class NewCheckpointCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo> folder = new("DIR") { Description = "Folder to make; must not exist or be empty." };
        Option<string> preset = new("--preset") { Description = "tiny, clipL-1b, 7b or 13b.", Required = true };
        preset.AcceptOnlyFromAmong([.. CheckpointPreset.All.Select(p => p.Name)]);
        Option<ulong> seed = new("--seed") { Description = "Same seed, same bytes.", DefaultValueFactory = _ => 0 };
        Option<string> dtype = new("--dtype") { Description = "Type of the stored weights.", DefaultValueFactory = _ => "float16" };
        dtype.AcceptOnlyFromAmong("float16", "bfloat16", "float32");
        Command command = new("new-checkpoint", """
            Random weights of a real shape in Hugging Face layout, to benchmark without a download. Streams to disk.

            Examples:
              ./vlm new-checkpoint /tmp/clipL-1b --preset clipL-1b
              ./vlm new-checkpoint /data/7b --preset 7b --dtype bfloat16 --seed 1
            """)
        {
            folder, preset, seed, dtype,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(Run(
            parsed.GetValue(folder)!, parsed.GetValue(preset)!, parsed.GetValue(seed), parsed.GetValue(dtype)!, cancel)));
        return command;
    }

    private static int Run(DirectoryInfo folder, string preset, ulong seed, string dtype, CancellationToken cancel)
    {
        TensorDType type = dtype switch
        {
            "bfloat16" => TensorDType.BF16,
            "float32" => TensorDType.F32,
            _ => TensorDType.F16,
        };
        ProgressLine.Run($"writing {preset}", report =>
            NewCheckpoint.Create(folder.FullName, CheckpointPreset.Find(preset), seed, type, report, cancel: cancel));
        Console.WriteLine(folder.FullName);
        return ExitCode.Done;
    }
}
