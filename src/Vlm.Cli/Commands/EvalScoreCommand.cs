using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vlm.Api;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval score</c>: answer files of any origin, without a model.</summary>
internal static class EvalScoreCommand
{
    public static Command Create()
    {
        Option<string> names = EvalOptions.Benchmarks();
        Option<DirectoryInfo> data = EvalOptions.Data();
        Option<FileInfo[]> answers = new("--answers")
        {
            Description = "Answers as JSON Lines; one file, or one for each benchmark in order.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string?> profile = EvalOptions.Profile();
        Option<FileInfo?> json = new("--json") { Description = "Also write the unrounded scores to this file." };
        Option<int> samples = new("--bootstrap") { Description = "Resamples for the intervals; 0 leaves them out.", DefaultValueFactory = _ => Bootstrap.DefaultSamples };
        samples.Validators.Add(result => CommonOptions.Check(result, samples, 0, 1_000_000));
        Command command = new("score", """
            Scores answer files as the official scripts do (profile llava) or as lmms-eval does (profile lmms).

            Examples:
              ./vlm eval score --benchmark gqa --data playground/data/eval --answers gqa.jsonl
              ./vlm eval score --benchmark pope --data playground/data/eval --answers pope.jsonl --profile lmms --json pope.json
              ./vlm eval score --benchmark gqa,pope --data playground/data/eval --answers gqa.jsonl pope.jsonl
            """)
        {
            names, data, answers, profile, json, samples,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<IBenchmark> benchmarks = BenchmarkTable.Parse(parsed.GetValue(names)!);
            FileInfo[] files = Files(parsed.GetValue(answers)!, benchmarks.Count);
            DataFolder folder = new(parsed.GetValue(data)!.FullName);
            Score[] scores = [.. benchmarks.Zip(files, (benchmark, file) => benchmark.OpenScorer(folder)(
                new ScoreRequest(AnswerFile.Read(file.FullName), EvalOptions.ProfileOf(parsed.GetValue(profile), benchmark))))];
            ScoreReport[] reports = [.. scores.Select(score => ScoreReport.Of(score, parsed.GetValue(samples)))];
            if (parsed.GetValue(json) is { } target)
            {
                File.WriteAllText(target.FullName, reports.Length == 1
                    ? JsonSerializer.Serialize(reports[0], ScoreReport.Json)
                    : JsonSerializer.Serialize(reports, ScoreReport.Json));
            }

            Array.ForEach(reports, Print);
            return ExitCode.Done;
        });
        return command;
    }

    private static FileInfo[] Files(FileInfo[] given, int count) =>
        given.Length == count ? given
        : given.Length == 1 ? [.. Enumerable.Repeat(given[0], count)]
        : throw new ArgumentException($"answers: expected one file or {count}, found {given.Length}.");

    private static void Print(ScoreReport report)
    {
        ScoreCounts counts = report.Counts;
        Console.WriteLine(
            $"{report.Benchmark} ({report.Profile}): {counts.Questions} questions, {counts.Answered} answered, " +
            $"{counts.Missing} missing, {counts.Unparsed} unparsed");
        foreach ((string name, double value) in report.Metrics)
        {
            string interval = report.Intervals?.GetValueOrDefault(name) is [var low, var high]
                ? string.Create(CultureInfo.InvariantCulture, $"  [{low:0.00}, {high:0.00}]")
                : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-28} {value,9:0.00}{interval}"));
        }

        foreach (string note in report.Notes ?? [])
        {
            Console.Error.WriteLine($"{report.Benchmark}: {note}.");
        }
    }
}
