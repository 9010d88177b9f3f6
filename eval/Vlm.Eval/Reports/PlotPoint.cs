namespace Vlm.Eval.Reports;

/// <summary>A point with an interval in y.</summary>
internal sealed record PlotPoint(double X, double Y, double Low, double High);

/// <summary>Points of one method, drawn with one colour and joined in the order given.</summary>
internal sealed record PlotSeries(string Name, IReadOnlyList<PlotPoint> Points);
