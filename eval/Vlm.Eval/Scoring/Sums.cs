namespace Vlm.Eval.Scoring;

/// <summary>Sums and counts of named values over some units; what a metric is a function of.</summary>
public sealed class Sums
{
    private readonly IReadOnlyDictionary<string, int> _columns;
    private readonly double[] _sums;
    private readonly double[] _counts;

    internal Sums(IReadOnlyDictionary<string, int> columns) =>
        (_columns, _sums, _counts) = (columns, new double[columns.Count], new double[columns.Count]);

    /// <summary>Sum of the values of this name; 0 when there are none.</summary>
    public double Sum(string name) => _columns.TryGetValue(name, out int column) ? _sums[column] : 0;

    /// <summary>How many values have this name.</summary>
    public double Count(string name) => _columns.TryGetValue(name, out int column) ? _counts[column] : 0;

    /// <summary>Mean of the values of this name; 0 when there are none.</summary>
    public double Mean(string name) => Count(name) is > 0 and double count ? Sum(name) / count : 0;

    internal void Add(int column, double value)
    {
        _sums[column] += value;
        _counts[column]++;
    }

    internal void Clear()
    {
        Array.Clear(_sums);
        Array.Clear(_counts);
    }
}
