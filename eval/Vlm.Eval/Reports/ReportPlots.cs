namespace Vlm.Eval.Reports;

/// <summary>The plots of one benchmark: main metric against tokens, cost, speed and waiting. Many methods are spread over several panels of one scale.</summary>
internal static class ReportPlots
{
    private const int MostLinesPerPanel = 7;

    /// <summary>Name and unit of an axis, and its value of a setting.</summary>
    private sealed record Axis(string Name, Func<ReportRow, double?> Value);

    private static readonly Axis Tokens = new("visual tokens per picture", row => row.Manifest.VisualTokens);

    private static readonly Axis[] Axes =
    [
        Tokens,
        new("encoder GMAC per picture", row => row.Manifest.EncoderGmacs),
        new("questions per second", row => row.Speed.PerSecond > 0 ? row.Speed.PerSecond : null),
        new("median time to first token, ms", row => row.Speed.TimeToFirstTokenMs > 0 ? row.Speed.TimeToFirstTokenMs : null),
    ];

    /// <summary>All plots, as SVG for a page that has <see cref="PlotStyle"/>.</summary>
    public static IEnumerable<string> All(ReportRow[] rows) => Axes.SelectMany(axis => Panels(rows, axis, SvgPlot.Draw));

    /// <summary>The plots against visual tokens, as files of their own.</summary>
    public static IEnumerable<string> AgainstTokens(ReportRow[] rows) => Panels(rows, Tokens, SvgPlot.DrawFile);

    // No merging is in every panel, for comparison.
    private static IEnumerable<string> Panels(
        ReportRow[] rows, Axis axis, Func<string, string, string, IReadOnlyList<PlotSeries>, IReadOnlyList<PlotSeries>?, string> draw)
    {
        PlotSeries[] all =
        [
            .. rows.Where(row => axis.Value(row) is not null).GroupBy(row => row.Method)
                .Select(method => new PlotSeries(method.Key, [.. method.Select(row => Point(row, axis.Value(row)!.Value))])),
        ];
        PlotSeries[] baseline = [.. all.Where(series => series.Name == "none")];
        PlotSeries[] methods = [.. all.Except(baseline)];
        int numPanels = Math.Max(1, (methods.Length + MostLinesPerPanel - 1) / MostLinesPerPanel);
        PlotSeries[][] panels = methods.Length == 0 ? [[]] : [.. methods.Chunk((methods.Length + numPanels - 1) / numPanels)];
        return all.Length == 0 ? [] : panels.Select((panel, i) => draw(
            $"{rows[0].Metric} against {axis.Name}{(panels.Length > 1 ? $", {i + 1} of {panels.Length}" : "")}",
            axis.Name, rows[0].Metric, [.. baseline, .. panel], all));
    }

    private static PlotPoint Point(ReportRow row, double x)
    {
        (double low, double high) = row.Intervals[row.Metric];
        return new PlotPoint(x, row.Value, Math.Min(low, row.Value), Math.Max(high, row.Value));
    }
}
