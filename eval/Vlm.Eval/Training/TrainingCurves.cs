using System.Globalization;
using Vlm.Eval.Reports;

namespace Vlm.Eval.Training;

/// <summary>What <c>log.csv</c> holds, as plots: <c>loss.svg</c> and <c>accuracy.svg</c> beside it.</summary>
internal static class TrainingCurves
{
    /// <summary>Draws what is there; replaces older plots.</summary>
    /// <param name="log">Path of the table of step, quantity and value.</param>
    public static void Write(string log)
    {
        PlotSeries[] all = [.. File.ReadLines(log).Skip(1).Select(line => line.Split(','))
            .GroupBy(cells => cells[1], cells => Point(Number(cells[0]), Number(cells[2])))
            .Select(quantity => new PlotSeries(quantity.Key, [.. quantity]))];
        Draw(log, "loss", "mean loss of 50 steps", [.. all.Where(series => series.Name == TrainingLog.Loss)]);
        Draw(log, "accuracy", "share of right answers", [.. all.Where(series => series.Name != TrainingLog.Loss)]);
    }

    private static void Draw(string log, string name, string quantity, PlotSeries[] series)
    {
        if (series.Length > 0)
        {
            File.WriteAllText(
                Path.Combine(Path.GetDirectoryName(log)!, $"{name}.svg"), SvgPlot.DrawFile(name, "steps", quantity, series));
        }
    }

    private static PlotPoint Point(double step, double value) => new(step, value, value, value);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
