using System.Globalization;
using System.Net;
using System.Text;

namespace Vlm.Eval.Reports;

/// <summary>A line plot with axes, legend and error bars as SVG. Colours come from the page (<c>--series-0</c> ...), so that it reads in print and in the dark.</summary>
internal static class SvgPlot
{
    private const double Width = 460;
    private const double Height = 300;
    private const double Left = 52;
    private const double Right = 12;
    private const double Top = 26;
    private const double Bottom = 44;
    private const double LegendRow = 14;
    private const int NumColours = 8;
    private const int MostTicks = 6;

    private static readonly string[] Marks = ["circle", "square", "diamond"];

    /// <summary>The plot as a file of its own: a page that brings its colours.</summary>
    public static string DrawFile(string title, string xName, string yName, IReadOnlyList<PlotSeries> series, IReadOnlyList<PlotSeries>? scale = null) =>
        Draw(title, xName, yName, series, scale).Replace(
            "<title>", $"<style>{PlotStyle.Css} svg {{ background: var(--page); font-family: system-ui, sans-serif; }}</style><title>", StringComparison.Ordinal);

    /// <summary>Draws the series.</summary>
    /// <param name="title">Above the plot.</param>
    /// <param name="xName">Name and unit of the x axis.</param>
    /// <param name="yName">Name and unit of the y axis.</param>
    /// <param name="series">At least one point in all.</param>
    /// <param name="scale">Series that the axes have room for; null for those drawn.</param>
    public static string Draw(string title, string xName, string yName, IReadOnlyList<PlotSeries> series, IReadOnlyList<PlotSeries>? scale = null)
    {
        PlotPoint[] all = [.. (scale ?? series).SelectMany(s => s.Points)];
        Axis x = new(all.Min(p => p.X), all.Max(p => p.X), Left, Width - Right);
        Axis y = new(all.Min(p => p.Low), all.Max(p => p.High), Height - Bottom, Top);
        double height = Height + (LegendRow * series.Count);
        StringBuilder svg = new();
        svg.Append(Text($"<svg class=\"plot\" role=\"img\" viewBox=\"0 0 {Width} {height}\" xmlns=\"http://www.w3.org/2000/svg\"><title>{Escape(title)}</title>"));
        svg.Append(Text($"<text x=\"{Left}\" y=\"14\" class=\"plot-title\">{Escape(title)}</text>"));
        DrawAxes(svg, x, y, xName, yName);
        foreach ((int i, PlotSeries one) in series.Index())
        {
            DrawSeries(svg, one, i, x, y);
            double row = Height + (LegendRow * i);
            svg.Append(Text($"<g class=\"series\" style=\"--c:var(--series-{i % NumColours})\">{Mark(i, Left + 6, row)}<text x=\"{Left + 16}\" y=\"{row + 4}\" class=\"label\">{Escape(one.Name)}</text></g>"));
        }

        return svg.Append("</svg>").ToString();
    }

    private static void DrawAxes(StringBuilder svg, Axis x, Axis y, string xName, string yName)
    {
        foreach (double tick in x.Ticks())
        {
            svg.Append(Text($"<line class=\"grid\" x1=\"{x.At(tick):0.0}\" x2=\"{x.At(tick):0.0}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/>"));
            svg.Append(Text($"<text class=\"label\" text-anchor=\"middle\" x=\"{x.At(tick):0.0}\" y=\"{Height - Bottom + 14}\">{tick:0.###}</text>"));
        }

        foreach (double tick in y.Ticks())
        {
            svg.Append(Text($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y.At(tick):0.0}\" y2=\"{y.At(tick):0.0}\"/>"));
            svg.Append(Text($"<text class=\"label\" text-anchor=\"end\" x=\"{Left - 5}\" y=\"{y.At(tick) + 3.5:0.0}\">{tick:0.###}</text>"));
        }

        svg.Append(Text($"<path class=\"axis\" d=\"M{Left} {Top}V{Height - Bottom}H{Width - Right}\"/>"));
        svg.Append(Text($"<text class=\"label\" text-anchor=\"middle\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - Bottom + 30}\">{Escape(xName)}</text>"));
        svg.Append(Text($"<text class=\"label\" text-anchor=\"middle\" transform=\"translate(12 {(Top + Height - Bottom) / 2}) rotate(-90)\">{Escape(yName)}</text>"));
    }

    private static void DrawSeries(StringBuilder svg, PlotSeries series, int index, Axis x, Axis y)
    {
        svg.Append(Text($"<g class=\"series\" style=\"--c:var(--series-{index % NumColours})\"><polyline points=\""));
        svg.AppendJoin(' ', series.Points.Select(p => Text($"{x.At(p.X):0.0},{y.At(p.Y):0.0}"))).Append("\"/>");
        foreach (PlotPoint p in series.Points)
        {
            svg.Append(Text($"<line x1=\"{x.At(p.X):0.0}\" x2=\"{x.At(p.X):0.0}\" y1=\"{y.At(p.Low):0.0}\" y2=\"{y.At(p.High):0.0}\"/>"));
            svg.Append(Mark(index, x.At(p.X), y.At(p.Y)));
        }

        svg.Append("</g>");
    }

    private static string Mark(int index, double x, double y) => Marks[index % Marks.Length] switch
    {
        "circle" => Text($"<circle cx=\"{x:0.0}\" cy=\"{y:0.0}\" r=\"3.2\"/>"),
        "square" => Text($"<rect x=\"{x - 3:0.0}\" y=\"{y - 3:0.0}\" width=\"6\" height=\"6\"/>"),
        _ => Text($"<path d=\"M{x:0.0} {y - 4:0.0}l4 4l-4 4l-4 -4z\"/>"),
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Values to places on the page; a little wider than the values, and never of no width.</summary>
    private sealed class Axis
    {
        private const double Margin = 0.05;
        private static readonly int[] RoundSteps = [1, 2, 5, 10];
        private readonly double _low;
        private readonly double _high;
        private readonly double _from;
        private readonly double _to;

        public Axis(double low, double high, double from, double to)
        {
            double margin = high > low ? (high - low) * Margin : high == 0 ? 1 : Math.Abs(high) * Margin;
            (_low, _high, _from, _to) = (low - margin, high + margin, from, to);
        }

        public double At(double value) => _from + ((value - _low) / (_high - _low) * (_to - _from));

        /// <summary>Round values: multiples of 1, 2 or 5 times a power of ten.</summary>
        public IEnumerable<double> Ticks()
        {
            double rough = (_high - _low) / MostTicks;
            double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
            double step = power * RoundSteps.First(m => m * power >= rough);
            for (double tick = Math.Ceiling(_low / step) * step; tick <= _high; tick += step)
            {
                yield return Math.Round(tick, 10) + 0.0; // no -0
            }
        }
    }
}
