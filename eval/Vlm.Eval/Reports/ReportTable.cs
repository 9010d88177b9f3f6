using System.Globalization;

namespace Vlm.Eval.Reports;

/// <summary>The rows of a report as text cells: one table for Markdown, CSV and HTML.</summary>
internal static class ReportTable
{
    /// <summary>Titles of the columns.</summary>
    public static IReadOnlyList<string> Header { get; } =
    [
        "benchmark", "profile", "merge", "visual tokens", "encoder GMAC", "metric", "value", "low", "high", "difference", "difference low", "difference high",
        "questions", "missing", "unparsed", "wall s", "questions/s", "median ttft ms",
    ];

    /// <summary>Cells of a row; empty where a value is not known.</summary>
    public static IReadOnlyList<string> Cells(ReportRow row)
    {
        string metric = row.Metric;
        return
        [
            row.Manifest.Benchmark, row.Manifest.Profile, row.Merge.ToString(),
            row.Manifest.VisualTokens?.ToString(CultureInfo.InvariantCulture) ?? "", Number(row.Manifest.EncoderGmacs, "0.000"),
            metric, Number(row.Value), Number(row.Intervals[metric].Low), Number(row.Intervals[metric].High),
            Number(row.Baseline is null ? null : row.Value - row.Baseline.Value, "+0.00;-0.00;0.00"),
            Number(row.Differences?[metric].Low, "+0.00;-0.00;0.00"), Number(row.Differences?[metric].High, "+0.00;-0.00;0.00"),
            $"{row.Score.Counts.Questions}", $"{row.Score.Counts.Missing}", $"{row.Score.Counts.Unparsed}",
            Number(row.Speed.Wall.TotalSeconds, "0.0"), Number(row.Speed.PerSecond, "0.0"), Number(row.Speed.TimeToFirstTokenMs, "0.0"),
        ];
    }

    /// <summary>Titles of the columns of <see cref="Brief"/>.</summary>
    public static IReadOnlyList<string> BriefHeader { get; } =
        ["merge", "tokens", "GMAC", "value", "difference", "missing", "unparsed", "wall s", "questions/s", "TTFT ms"];

    /// <summary>A row of a page about one benchmark: intervals in brackets.</summary>
    public static IReadOnlyList<string> Brief(ReportRow row)
    {
        IReadOnlyList<string> cells = Cells(row);
        string difference = row.Differences is null ? cells[9] : $"{cells[9]} [{cells[10]}, {cells[11]}]";
        return [cells[2], cells[3], cells[4], $"{cells[6]} [{cells[7]}, {cells[8]}]", difference, cells[13], cells[14], cells[15], cells[16], cells[17]];
    }

    /// <summary>Comma-separated, with a header line.</summary>
    public static string Csv(IEnumerable<ReportRow> rows) => string.Concat(rows.Select(Cells).Prepend(Header).Select(cells => string.Join(',', cells.Select(Quote)) + "\n"));

    private static string Quote(string cell) => cell.Contains(',') ? $"\"{cell}\"" : cell;

    /// <summary>A Markdown table.</summary>
    public static string Markdown(IEnumerable<ReportRow> rows) => string.Concat(
        rows.Select(Cells).Prepend([.. Header.Select(_ => "---")]).Prepend(Header).Select(cells => $"| {string.Join(" | ", cells)} |\n"));

    private static string Number(double? value, string format = "0.00") => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
}
