using System.CommandLine;
using Vlm.Api;
using Vlm.Eval.Training;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm train ...</c>.</summary>
internal static class TrainCommand
{
    public static Command Create() => new("train", "Training of the embedded checkpoint.") { Scenes() };

    private static Command Scenes()
    {
        string[] names = [.. ScenesTraining.Stages.Select(stage => stage.Name)];
        Option<double> minutes = new("--minutes") { Description = "This run stops after it, ready to go on.", DefaultValueFactory = _ => 120 };
        Option<long?> steps = new("--steps") { Description = "Steps of every stage instead of the recipe's." };
        Option<DirectoryInfo> folder = new("--out")
        {
            Description = "Folder of states, logs and checkpoints; a run that finds its state there goes on.",
            DefaultValueFactory = _ => new DirectoryInfo(Path.Combine("artifacts", "training", "scenes")),
        };
        Option<DirectoryInfo?> resume = new("--resume") { Description = "As --out, but there must be a state." };
        Option<string> merge = new("--merge") { Description = "Merging while it learns to answer.", DefaultValueFactory = _ => "none" };
        Option<string[]> stages = new("--stage") { Description = $"Only these: {string.Join(", ", names)}.", DefaultValueFactory = _ => names };
        stages.AcceptOnlyFromAmong(names);
        minutes.Validators.Add(result => CommonOptions.Check(result, minutes, 0.01, 100_000));
        Command command = new("scenes", """
            Trains the embedded checkpoint on synthetic scenes: seeing, speaking, answering, joint.

            Examples:
              ./vlm train scenes --minutes 110
              ./vlm train scenes --resume artifacts/training/scenes --minutes 110
              ./vlm train scenes --stage seeing
            """)
        {
            minutes, steps, folder, resume, merge, stages,
        };
        command.SetAction((parsed, cancel) =>
        {
            ScenesTraining training = new(
                Folder(parsed.GetValue(resume), parsed.GetValue(folder)!), MergeSpec.Parse(parsed.GetValue(merge)!), parsed.GetValue(steps));
            bool isDone = TrainProgress.Show(parsed.GetValue(steps), report => training.Run(parsed.GetValue(stages)!, TimeSpan.FromMinutes(parsed.GetValue(minutes)), report, cancel));
            Console.WriteLine(isDone ? "complete" : "stopped; the same command goes on");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static string Folder(DirectoryInfo? resume, DirectoryInfo folder) => resume is null
        ? folder.FullName
        : ScenesTraining.Stages.Any(stage => File.Exists(Path.Combine(resume.FullName, stage.Name, TrainingState.FileName)))
            ? resume.FullName
            : throw new InvalidDataException($"{resume.FullName}: expected the state of a training run, found none.");
}
