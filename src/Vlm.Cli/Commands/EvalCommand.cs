using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vlm.Api;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Eval.Runs;
using Vlm.Eval.Scenes;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval ...</c>: data sets and scores.</summary>
internal static class EvalCommand
{
    public static Command Create() => new("eval", "Benchmarks: data sets, runs, scores.")
    {
        EvalDatasetsCommand.Create(),
        EvalRunCommand.Create(),
        EvalMergeCommand.Create(),
        EvalScoreCommand.Create(),
        EvalReportCommand.Create(),
        EvalSubmissionCommand.Create(),
        MakeScenes(),
        Scenes(),
    };

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
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Command Scenes()
    {
        Option<DirectoryInfo?> model = CommonOptions.Model();
        Option<string> dtype = CommonOptions.DType();
        Option<string> weights = CommonOptions.Weights();
        Option<string> device = CommonOptions.Device();
        Option<string> merge = new("--merge") { Description = MergeSpecList.Description, DefaultValueFactory = _ => "none" };
        Option<SceneSplit> split = new("--split") { Description = "validation or test.", DefaultValueFactory = _ => SceneSplit.Test };
        Option<int> count = new("--count") { Description = "Questions.", DefaultValueFactory = _ => 2000 };
        Option<long> seed = new("--seed") { Description = "Which questions of the split.", DefaultValueFactory = _ => 0 };
        Option<bool> noise = new("--noise") { Description = "One more row with noise instead of pictures." };
        Option<FileInfo?> json = new("--json") { Description = "File for the scores." };
        count.Validators.Add(result => CommonOptions.Check(result, count, 1, 10_000_000));
        seed.Validators.Add(result => CommonOptions.Check(result, seed, 0, SceneSeeds.MaxSeed));
        Command command = new("scenes", """
            Accuracy on fresh scenes, per family and merge setting, with tokens, cost and speed of the tower.

            Example:
              ./vlm eval scenes --merge none,pitome:0.95,tome:0.95 --count 2000 --noise
            """)
        {
            model, dtype, weights, device, merge, split, count, seed, noise, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            string folder = DefaultCheckpoint.Resolve(parsed.GetValue(model));
            using ModelSource source = ModelSource.Open(
                folder, parsed.GetValue(dtype)!, parsed.GetValue(device)!, weights: parsed.GetValue(weights)!);
            IReadOnlyList<MergeSpec> settings = MergeSpecList.Parse(parsed.GetValue(merge)!, source.Description.MergeShape);
            using ChatPreparer preparer = new(source.Tokenizer, source.Preprocessor, source.Description);
            await using EngineGroup engines = await EngineGroup.StartAsync(source, new EngineOptions().MaxBatchSize, 1, cancel);
            SceneEvaluation evaluation = new(new EngineAnswerer(source, folder, engines, preparer), engines.All[0]);
            List<SceneScore> scores = [];
            await foreach (SceneScore score in evaluation.RunAsync(
                settings, parsed.GetValue(split), parsed.GetValue(seed), parsed.GetValue(count), parsed.GetValue(noise), cancel))
            {
                Console.Error.WriteLine($"{score.Setting}: {score.Mean:0.0} %");
                scores.Add(score);
            }

            Print(scores);
            if (parsed.GetValue(json) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(scores, ChatJson.Options) + "\n", cancel);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(List<SceneScore> scores) => MarkdownTable.Write(
        ["setting", "visual tokens", "encoder GMAC", "images/s", .. SceneFamilies.All, "mean"],
        scores.Select(score => (IReadOnlyList<string>)
        [
            score.Setting,
            Text(score.VisualTokens, "0"),
            Text(score.EncoderGmacs, "0.000"),
            Text(score.ImagesPerSecond, "0"),
            .. SceneFamilies.All.Select(family => score.Accuracy.TryGetValue(family, out double value) ? Text(value, "0.0") : ""),
            Text(score.Mean, "0.0"),
        ]));

    private static string Text(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
