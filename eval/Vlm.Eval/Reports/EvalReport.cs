using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;

namespace Vlm.Eval.Reports;

/// <summary>Writes a report of finished runs: <c>report.html</c>, <c>scores.csv</c>, <c>scores.md</c>, <c>speed.md</c>, <c>BENCHMARK-N.svg</c> and, where
/// numbers of visual tokens are asked for, <c>budgets.md</c>.</summary>
public static class EvalReport
{
    /// <summary>Scores the runs and writes the files.</summary>
    /// <param name="runs">Folders of <c>eval run</c> or <c>eval merge</c>.</param>
    /// <param name="data">Truth and pictures.</param>
    /// <param name="target">Folder to write.</param>
    /// <param name="options">What is shown.</param>
    /// <param name="overlays">Draws what merging did to the pictures of the worst losses; null leaves that out.</param>
    /// <param name="cancel">Read before every drawing.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="InvalidDataException">A run is not complete, or the data is bad.</exception>
    public static async Task<IReadOnlyList<ReportRow>> WriteAsync(
        IEnumerable<string> runs, DataFolder data, string target, ReportOptions options, Overlays? overlays = null, CancellationToken cancel = default)
    {
        IReadOnlyList<ReportRow> rows = ReportRow.Load(runs, data, options.Samples);
        List<Regression> losses = [];
        foreach (Regression loss in Regressions.PerMethod(rows, data, options.Regressions))
        {
            losses.Add(loss with { Picture = ReportPicture.DataUrl(loss.Question.Picture, options.PictureSize), Overlay = await DrawAsync(loss, overlays, cancel).ConfigureAwait(false) });
        }

        Directory.CreateDirectory(target);
        File.WriteAllText(Path.Combine(target, "report.html"), HtmlReport.Write(rows, losses, options.Command));
        File.WriteAllText(Path.Combine(target, "scores.csv"), ReportTable.Csv(rows));
        File.WriteAllText(Path.Combine(target, "scores.md"), ReportTable.Markdown(rows));
        File.WriteAllText(Path.Combine(target, "speed.md"), SpeedTable.Markdown(rows));
        if (options.Budgets.Count > 0)
        {
            File.WriteAllText(Path.Combine(target, "budgets.md"), BudgetTable.Markdown(rows, options.Budgets));
        }

        WritePlots(rows, target);
        return rows;
    }

    private static void WritePlots(IReadOnlyList<ReportRow> rows, string target)
    {
        foreach (IGrouping<string, ReportRow> benchmark in rows.GroupBy(row => row.Manifest.Benchmark))
        {
            foreach ((int i, string svg) in ReportPlots.AgainstTokens([.. benchmark]).Index())
            {
                File.WriteAllText(Path.Combine(target, $"{benchmark.Key}-{i + 1}.svg"), svg);
            }
        }
    }

    private static async Task<string?> DrawAsync(Regression loss, Overlays? overlays, CancellationToken cancel)
    {
        if (overlays is null || loss.Question.Picture is not { } picture)
        {
            return null;
        }

        IBenchmark benchmark = BenchmarkTable.Parse(loss.Row.Manifest.Benchmark)[0];
        AskSettings settings = benchmark.Ask(EvalProfiles.Parse(loss.Row.Manifest.Profile));
        return await overlays.DrawAsync(picture.Read(), settings, loss.Row.Merge, cancel).ConfigureAwait(false);
    }
}
