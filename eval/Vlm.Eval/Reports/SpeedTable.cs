using System.Globalization;

namespace Vlm.Eval.Reports;

/// <summary>Wall time per setting and benchmark, as Table 4 of the paper shows it, on the machine of the runs.</summary>
internal static class SpeedTable
{
    /// <summary>A Markdown table: settings down, benchmarks across; hours, minutes, seconds.</summary>
    public static string Markdown(IReadOnlyList<ReportRow> rows)
    {
        string[] benchmarks = [.. rows.Select(row => row.Manifest.Benchmark).Distinct()];
        IEnumerable<string> lines = rows.GroupBy(row => row.Merge.ToString()).Select(setting =>
            $"| {setting.Key} | " + string.Join(" | ", benchmarks.Select(name => Time(setting.FirstOrDefault(row => row.Manifest.Benchmark == name)))) + " |\n");
        return $"| merge | {string.Join(" | ", benchmarks)} |\n|---|{string.Concat(benchmarks.Select(_ => "---|"))}\n" + string.Concat(lines);
    }

    private static string Time(ReportRow? row) => row is null ? "" : Text(row.Speed.Wall);

    internal static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time:mm\\:ss}");
}
