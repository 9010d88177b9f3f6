using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

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
        string value = row.Score.Units.Columns.Contains(row.Metric) ? row.Metric : ScoreUnits.Right;
        if (row.Baseline is not { } baseline || !row.Score.Units.Columns.Contains(value))
        {
            return []; // the main metric is no mean over questions
        }

        (string Unit, double Loss)[] worst =
        [
            .. row.Score.Units.Ids.Select((unit, i) => (unit, Loss: (baseline.Score.Units.Value(i, value) - row.Score.Units.Value(i, value)) ?? 0))
                .Where(unit => unit.Loss > 0)
                .OrderByDescending(unit => unit.Loss)
                .Take(count),
        ];
        Dictionary<(QuestionId, string?), Question> questions = worst.Length == 0 ? [] : BenchmarkTable.Parse(row.Manifest.Benchmark)[0]
            .Questions(data, EvalProfiles.Parse(row.Manifest.Profile)).DistinctBy(Name).ToDictionary(Name);
        return
        [
            .. from loss in worst
               let answer = row.Score.Answers[loss.Unit]
               where questions.ContainsKey((answer.Id, answer.Prompt))
               select new Regression(row, questions[(answer.Id, answer.Prompt)], baseline.Score.Answers[loss.Unit].Text, answer.Text, loss.Loss),
        ];
    }

    private static (QuestionId, string?) Name(Question question) => (question.Id, question.LinePrompt);
}
