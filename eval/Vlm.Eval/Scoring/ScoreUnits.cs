namespace Vlm.Eval.Scoring;

/// <summary>
/// Independent units of a benchmark (questions, pictures, groups of rotated rows) with the values each contributes. Metrics are
/// functions of sums over units, so resampling units gives their intervals.
/// </summary>
public sealed class ScoreUnits
{
    /// <summary>Name of the value that says how right a question's answer is, where the main metric is no mean of its own.</summary>
    public const string Right = "right";

    private readonly Dictionary<string, int> _columns = [];
    private readonly List<string> _ids = [];
    private readonly List<int> _starts = [0];
    private readonly List<(int Column, double Value)> _values = [];

    /// <summary>Names of the units, in order.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>Names of the values, in the order of their first appearance.</summary>
    public IEnumerable<string> Columns => _columns.Keys;

    /// <summary>Adds a unit.</summary>
    /// <param name="id">Its name; the same for every setting, so that settings can be paired.</param>
    /// <param name="values">What it contributes.</param>
    public void Add(string id, params IEnumerable<(string Name, double Value)> values)
    {
        _ids.Add(id);
        foreach ((string name, double value) in values)
        {
            _columns.TryAdd(name, _columns.Count);
            _values.Add((_columns[name], value));
        }

        _starts.Add(_values.Count);
    }

    /// <summary>Value of a name in one unit; null when the unit has none.</summary>
    public double? Value(int unit, string name)
    {
        int column = _columns.GetValueOrDefault(name, -1);
        for (int i = _starts[unit]; i < _starts[unit + 1]; i++)
        {
            if (_values[i].Column == column)
            {
                return _values[i].Value;
            }
        }

        return null;
    }

    /// <summary>Sums over every unit once.</summary>
    public Sums Total()
    {
        Sums sums = new(_columns);
        AddTo(sums, Enumerable.Range(0, _ids.Count));
        return sums;
    }

    /// <summary>An empty sum for <see cref="AddTo"/>.</summary>
    internal Sums NewSums() => new(_columns);

    /// <summary>Adds the values of the given units, repeated ones as often as they are given.</summary>
    internal void AddTo(Sums sums, IEnumerable<int> units)
    {
        foreach (int unit in units)
        {
            for (int i = _starts[unit]; i < _starts[unit + 1]; i++)
            {
                sums.Add(_values[i].Column, _values[i].Value);
            }
        }
    }
}
