using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Runs;
using Vlm.Eval.Scoring;
using Vlm.Merge;

namespace Vlm.Eval.Reports;

/// <summary>One setting of one benchmark, scored.</summary>
public sealed record ReportRow
{
    public required RunManifest Manifest { get; init; }

    public required MergeSpec Merge { get; init; }

    public required Score Score { get; init; }

    public required IReadOnlyDictionary<string, double> Values { get; init; }

    public required IReadOnlyDictionary<string, Interval> Intervals { get; init; }

    /// <summary>Differences to no merging; null for no merging itself, and where it was not run on the same questions.</summary>
    public IReadOnlyDictionary<string, Interval>? Differences { get; init; }

    /// <summary>The same benchmark without merging.</summary>
    public ReportRow? Baseline { get; init; }

    public required SpeedSummary Speed { get; init; }

    public required AnswerFile Answers { get; init; }

    /// <summary>Main metric's name.</summary>
    public string Metric => Score.Metrics[0].Name;

    /// <summary>Main metric.</summary>
    public double Value => Values[Metric];

    /// <summary>Method with its profile and options, without the ratio.</summary>
    public string Method => Merge.IsNone ? "none" : $"{Merge.Method}/{Merge.Profile}{(Merge.Settings.ToText() is { } options ? ":" + options : "")}";

    /// <summary>Scores every setting in some runs; settings of one benchmark follow each other, no merging first.</summary>
    /// <exception cref="InvalidDataException">A run is not complete or the truth is not there.</exception>
    public static IReadOnlyList<ReportRow> Load(IEnumerable<string> runs, DataFolder data, int samples)
    {
        Bootstrap bootstrap = new(samples);
        return [.. RunSettingFiles.Find(runs).GroupBy(files => files.Benchmark).SelectMany(group => LoadBenchmark([.. group], data, bootstrap))];
    }

    private static IEnumerable<ReportRow> LoadBenchmark(RunSettingFiles[] settings, DataFolder data, Bootstrap bootstrap)
    {
        IBenchmark benchmark = BenchmarkTable.Parse(settings[0].Benchmark)[0];
        Scorer scorer = benchmark.OpenScorer(data);
        ReportRow[] rows = [.. settings.Select(files => Load(files, scorer, bootstrap)).Where(row => row.Score.Metrics.Count > 0)];
        ReportRow? baseline = rows.FirstOrDefault(row => row.Merge.IsNone);
        return rows.Select(row => row.Merge.IsNone ? row : Compare(row, baseline, bootstrap))
            .OrderBy(row => !row.Merge.IsNone).ThenBy(row => row.Method, StringComparer.Ordinal).ThenBy(row => row.Merge.Ratio);
    }

    private static ReportRow Load(RunSettingFiles files, Scorer scorer, Bootstrap bootstrap)
    {
        files.Check();
        RunManifest manifest = files.Parts[0].Manifest;
        AnswerFile[] parts = [.. files.Answers.Select(AnswerFile.Read)];
        AnswerFile answers = new(parts[0].Path, [.. parts.SelectMany(part => part.Answers)]);
        Score score = scorer(new ScoreRequest(answers, EvalProfiles.Parse(manifest.Profile), OnlyAnswered: manifest is not { Limit: null, LeftOut: null }));
        return new ReportRow
        {
            Manifest = manifest,
            Merge = MergeSpec.Parse(manifest.Merge),
            Score = score,
            Values = score.Values(),
            Intervals = bootstrap.Intervals(score),
            Speed = TimesLog.Read(files.Times),
            Answers = answers,
        };
    }

    private static ReportRow Compare(ReportRow row, ReportRow? baseline, Bootstrap bootstrap) =>
        baseline is not null && row.Score.Units.Ids.SequenceEqual(baseline.Score.Units.Ids)
            ? row with { Baseline = baseline, Differences = bootstrap.Differences(row.Score, baseline.Score) }
            : row;
}
