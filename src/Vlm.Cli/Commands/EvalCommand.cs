using System.CommandLine;
using Vlm.Eval.Scenes;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval ...</c>: data sets and scores.</summary>
internal static class EvalCommand
{
    public static Command Create() => new("eval", "Data sets and scores.") { MakeScenes() };

    private static Command MakeScenes()
    {
        Argument<DirectoryInfo> folder = new("DIR") { Description = "Folder to write; made when it is missing." };
        Option<SceneSplit> split = new("--split")
        {
            Description = "train, validation or test: different seeds, so no layout is in two of them.",
            DefaultValueFactory = _ => SceneSplit.Test,
        };
        Option<int> count = new("--count") { Description = "Number of questions.", DefaultValueFactory = _ => 500 };
        Option<long> seed = new("--seed") { Description = "Same seed, same bytes.", DefaultValueFactory = _ => 0 };
        count.Validators.Add(result => CommonOptions.Check(result, count, 1, 10_000_000));
        seed.Validators.Add(result => CommonOptions.Check(result, seed, 0, SceneSeeds.MaxSeed));
        Command command = new("make-scenes", """
            Pictures of the embedded scenes benchmark with questions and answers in four families.

            Example:
              ./vlm eval make-scenes /tmp/scenes --split test --count 1000 --seed 7
            """)
        {
            folder, split, count, seed,
        };
        command.SetAction((parsed, cancel) =>
        {
            DirectoryInfo target = parsed.GetValue(folder)!;
            SceneDataset.Write(
                target.FullName, parsed.GetValue(split), parsed.GetValue(count), parsed.GetValue(seed), cancel: cancel);
            Console.WriteLine(target.FullName);
            return Task.FromResult(Invocation.Done);
        });
        return command;
    }
}
