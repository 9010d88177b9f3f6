using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;

namespace Vlm.Eval.Reports;

/// <summary>A question that merging made worse.</summary>
/// <param name="Row">The setting.</param>
/// <param name="Question">As it was asked.</param>
/// <param name="Without">Answer without merging.</param>
/// <param name="With">Answer with it.</param>
/// <param name="Loss">Difference of the main value, in units of the metric.</param>
internal sealed record Regression(ReportRow Row, Question Question, string Without, string With, double Loss)
{
    /// <summary>Data URL of the picture, where it can be shown.</summary>
    public string? Picture { get; init; }

    /// <summary>Data URL of the picture with what merging did to it, where that was drawn.</summary>
    public string? Overlay { get; init; }
}

/// <summary>Finds the questions with the largest losses.</summary>
internal static class Regressions
{
    /// <summary>The worst of every method, from its mildest setting that lost anything on.</summary>
    public static IEnumerable<Regression> PerMethod(IEnumerable<ReportRow> rows, DataFolder data, int count) =>
        rows.GroupBy(row => (row.Manifest.Benchmark, row.Method))
            .SelectMany(method => method.OrderByDescending(row => row.Merge.Ratio).SelectMany(row => Of(row, data, count)).Take(count));

    /// <summary>The worst of one setting; the first in file order among equals.</summary>
    private static IReadOnlyList<Regression> Of(ReportRow row, DataFolder data, int count)
    {
        if (row.Baseline is not { } baseline || !row.Score.Units.Columns.Contains(row.Metric))
        {
            return []; // the main metric is no mean over questions
        }

        string[] worst =
        [
            .. row.Score.Units.Ids.Index()
                .Select(unit => (unit.Item, Loss: Loss(unit.Index)))
                .Where(unit => unit.Loss > 0)
                .OrderByDescending(unit => unit.Loss)
                .Take(count)
                .Select(unit => unit.Item),
        ];
        if (worst.Length == 0)
        {
            return [];
        }

        Dictionary<string, Question> questions = BenchmarkTable.Parse(row.Manifest.Benchmark)[0]
            .Questions(data, EvalProfiles.Parse(row.Manifest.Profile)).DistinctBy(q => q.Key).ToDictionary(q => q.Key);
        return [.. worst.Where(questions.ContainsKey).Select(id => new Regression(
            row, questions[id], Text(baseline, questions[id]), Text(row, questions[id]), Loss(Position(row, id))))];

        double Loss(int unit) => (baseline.Score.Units.Value(unit, row.Metric) - row.Score.Units.Value(unit, row.Metric)) ?? 0;
    }

    private static int Position(ReportRow row, string id) => row.Score.Units.Ids.Index().First(unit => unit.Item == id).Index;

    private static string Text(ReportRow row, Question question) => row.Answers.Answers.FirstOrDefault(answer =>
        answer.Id == question.Id && (answer.Prompt is null || answer.Prompt == (question.StoredPrompt ?? question.Text)))?.Text ?? "";
}
