using System.Globalization;
using System.Net;
using System.Text;

namespace Vlm.Eval.Reports;

/// <summary>One page without network access: table, plots, speed, published rows and the worst losses of every benchmark in some runs.</summary>
internal static class HtmlReport
{
    private const string Style = PlotStyle.Css + """

        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 1100px; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
        .wide { overflow-x: auto; }
        table { border-spacing: 0; font-variant-numeric: tabular-nums; font-size: 13px; line-height: 20px; }
        th, td { border-bottom: 1px solid var(--line); padding: 2px 8px; text-align: right; white-space: nowrap; }
        th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--page); } tr.method td { border-top: 1px solid var(--line); }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); gap: 1rem; }
        .losses { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 1rem; }
        .losses figure { margin: 0; border: 1px solid var(--line); padding: .5rem; } .losses img { width: 49%; aspect-ratio: 1; object-fit: contain; vertical-align: top; margin-right: 1%; }
        details, .plots { margin-top: 1rem; } summary { cursor: pointer; margin-bottom: .5rem; }
        .note { color: var(--soft); } @media print { body { max-width: none; margin: 0; } section { break-inside: avoid; } }
        """;

    /// <summary>The page.</summary>
    public static string Write(IReadOnlyList<ReportRow> rows, IReadOnlyList<Regression> losses, string command)
    {
        StringBuilder html = new();
        html.Append(Text($"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Benchmarks</title><style>{Style}</style><h1>Benchmarks with and without merging</h1>"));
        html.Append(Text($"<p class=\"note\">Made by <code>{Escape(command)}</code>. Intervals are 95 % bootstrap intervals; differences to no merging are paired over questions.</p>"));
        foreach (IGrouping<string, ReportRow> benchmark in rows.GroupBy(row => row.Manifest.Benchmark))
        {
            Section(html, benchmark.Key, [.. benchmark], [.. losses.Where(loss => loss.Row.Manifest.Benchmark == benchmark.Key)]);
        }

        return html.ToString();
    }

    private static void Section(StringBuilder html, string benchmark, ReportRow[] rows, Regression[] losses)
    {
        ReportRow first = rows[0];
        html.Append(Text($"<section><h2>{Escape(benchmark)}</h2><p class=\"note\">{first.Metric} of {first.Score.Counts.Questions} questions. Profile {first.Manifest.Profile}, {first.Manifest.Asking}; "));
        html.Append(Text($"{Escape(string.Join(", ", first.Manifest.Answerer.Select(a => $"{a.Key} {a.Value}")))}; {Escape(first.Manifest.Program)}"));
        html.Append(Text($"{(first.Manifest.Limit is { } limit ? $"; the first {limit} questions only" : "")}{(first.Manifest.LeftOut is { } leftOut ? $"; {leftOut} left out for want of their picture" : "")}.</p>"));
        Table(html, ReportTable.BriefHeader, rows.Select(ReportTable.Brief));
        html.Append("<details><summary>Every metric</summary>");
        Table(html, [.. first.Values.Keys.Prepend("merge")], rows.Select(row => (IReadOnlyList<string>)
            [row.Merge.ToString(), .. first.Values.Keys.Select(name => row.Values.TryGetValue(name, out double v) ? v.ToString("0.00", CultureInfo.InvariantCulture) : "")]));
        html.Append("</details>");
        Plots(html, rows);
        Published(html, benchmark);
        Losses(html, losses);
        html.Append("</section>");
    }

    private static void Plots(StringBuilder html, ReportRow[] rows) =>
        html.Append("<div class=\"plots\">").AppendJoin("", ReportPlots.All(rows)).Append("</div>");

    private static void Published(StringBuilder html, string benchmark)
    {
        PublishedScore[] scores = [.. PublishedScore.All.Where(score => score.Benchmark == benchmark)];
        if (scores.Length > 0)
        {
            html.Append("<details><summary>Published by others, not measured here; other weights, protocols and hardware</summary>");
            Table(html, ["source", "model", "setting", "value"], scores.Select(s => (IReadOnlyList<string>)
                [s.Source, s.Model, s.Setting, s.Value.ToString("0.0", CultureInfo.InvariantCulture)]));
            html.Append("</details>");
        }
    }

    private static void Losses(StringBuilder html, Regression[] losses)
    {
        if (losses.Length == 0)
        {
            return;
        }

        html.Append("<details><summary>Questions that merging made worse</summary><div class=\"losses\">");
        foreach (Regression loss in losses)
        {
            html.Append(Text($"<figure>{Image(loss.Picture, "")}{Image(loss.Overlay, "what merging did")}<figcaption><b>{Escape(loss.Row.Merge.ToString())}</b><br>{Escape(loss.Question.Text)}<br>without: {Escape(loss.Without)}<br>with: {Escape(loss.With)}</figcaption></figure>"));
        }

        html.Append("</div></details>");
    }

    private static string Image(string? url, string alt) => url is null ? "" : $"<img alt=\"{alt}\" src=\"{url}\">";

    private static void Table(StringBuilder html, IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        html.Append("<div class=\"wide\"><table><tr>").AppendJoin("", header.Select(cell => $"<th>{Escape(cell)}")).Append("</tr>");
        string method = "";
        foreach (IReadOnlyList<string> row in rows)
        {
            string before = method;
            method = row[0].Split(':')[0];
            html.Append(method == before ? "<tr>" : "<tr class=\"method\">").AppendJoin("", row.Select(cell => $"<td>{Escape(cell)}")).Append("</tr>");
        }

        html.Append("</table></div>");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
