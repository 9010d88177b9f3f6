using System.Globalization;

namespace Vlm.Eval.Reports;

/// <summary>Methods side by side at the same numbers of visual tokens: a row per method, the best of a column in bold.</summary>
internal static class BudgetTable
{
    /// <summary>A Markdown table per benchmark: value, half of its 95 % interval, and the tokens that the method really has.</summary>
    /// <param name="rows">Scored settings.</param>
    /// <param name="budgets">Columns. A setting belongs to the smallest budget that it respects.</param>
    public static string Markdown(IReadOnlyList<ReportRow> rows, IReadOnlyList<int> budgets)
    {
        int[] columns = [.. budgets.Distinct().Order()];
        return string.Join('\n', rows.Where(row => row.Manifest.VisualTokens is not null).GroupBy(row => row.Manifest.Benchmark)
            .Select(benchmark => Table([.. benchmark], columns)));
    }

    private static string Table(ReportRow[] rows, int[] budgets)
    {
        IEnumerable<string> notMerged = rows.Where(row => row.Merge.IsNone).Take(1)
            .Select(row => $"{row.Manifest.Benchmark}, {row.Metric} of {row.Score.Counts.Questions} questions; without merging {Cell(row)}.\n\n");
        ReportRow?[][] cells =
        [
            .. rows.Where(row => !row.Merge.IsNone).GroupBy(row => row.Method)
                .Select(method => Array.ConvertAll(budgets, budget => InColumn([.. method], budgets, budget)))
                .Where(line => line.Any(row => row is not null)).OrderByDescending(line => line.Average(row => row?.Value)),
        ];
        double[] best = [.. budgets.Select((_, column) => cells.Max(line => line[column]?.Value) ?? 0)];
        return string.Concat(notMerged) + $"| merge | {string.Join(" | ", budgets.Select(budget => $"at most {budget} tokens"))} |\n|---|{string.Concat(budgets.Select(_ => "---|"))}\n"
            + string.Concat(cells.Select(line => $"| `{line.OfType<ReportRow>().First().Method}` | {string.Join(" | ", line.Select((row, i) => Cell(row, best[i])))} |\n"));
    }

    private static ReportRow? InColumn(ReportRow[] method, int[] budgets, int budget) => method
        .Where(row => budgets.First(least => least >= row.Manifest.VisualTokens || least == budgets[^1]) == budget && row.Manifest.VisualTokens <= budget)
        .MaxBy(row => row.Manifest.VisualTokens);

    private static string Cell(ReportRow? row, double best) => row is null ? "" : row.Value >= best ? $"**{Cell(row)}**" : Cell(row);

    private static string Cell(ReportRow row)
    {
        (double low, double high) = row.Intervals[row.Metric];
        return string.Create(CultureInfo.InvariantCulture, $"{row.Value:0.0} ± {(high - low) / 2:0.0} ({row.Manifest.VisualTokens})");
    }
}
