using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Vlm.Api.Metrics;

/// <summary>Series of one name, told apart by labels, in Prometheus' text format 0.0.4. Used by many threads.</summary>
/// <param name="name">Name with unit and, for a counter, <c>_total</c>.</param>
/// <param name="kind"><c>counter</c>, <c>gauge</c> or <c>histogram</c>.</param>
/// <param name="help">One sentence.</param>
/// <param name="labels">Names of the labels.</param>
internal abstract class MetricFamily(string name, string kind, string help, string[] labels)
{
    /// <summary>Name of the series.</summary>
    protected string Name => name;

    /// <summary>Appends everything as of now.</summary>
    public void Write(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n");
        WriteSeries(text);
    }

    /// <summary>Appends the series.</summary>
    protected abstract void WriteSeries(StringBuilder text);

    /// <summary>One line.</summary>
    /// <param name="text">Takes the line.</param>
    /// <param name="suffix">Behind the name.</param>
    /// <param name="values">Values of the labels.</param>
    /// <param name="value">The number.</param>
    /// <param name="bound">Value of <c>le</c>, for a bucket.</param>
    protected void WriteLine(StringBuilder text, string suffix, string[] values, double value, string? bound = null)
    {
        IEnumerable<(string Name, string Value)> pairs = labels.Zip(values);
        pairs = bound is null ? pairs : pairs.Append(("le", bound));
        string all = string.Join(',', pairs.Select(p => $"{p.Name}=\"{Escape(p.Value)}\""));
        text.Append(name).Append(suffix).Append(all.Length > 0 ? $"{{{all}}}" : "").Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>A number as the format has it.</summary>
    protected static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}

/// <summary>Numbers that only grow.</summary>
internal sealed class Counter(string name, string help, params string[] labels) : MetricFamily(name, "counter", help, labels)
{
    private readonly ConcurrentDictionary<string, (string[] Values, double Sum)> _series = new();

    /// <summary>Adds to the series of these labels.</summary>
    public void Add(double amount, params string[] values) => _series.AddOrUpdate(
        string.Join('\0', values), _ => (values, amount), (_, before) => (values, before.Sum + amount));

    protected override void WriteSeries(StringBuilder text)
    {
        foreach ((string[] values, double sum) in _series.Values.OrderBy(s => string.Join('\0', s.Values), StringComparer.Ordinal))
        {
            WriteLine(text, "", values, sum);
        }
    }
}

/// <summary>A number that is asked for when it is read.</summary>
internal sealed class Probe(string name, string kind, string help, Func<double?> read) : MetricFamily(name, kind, help, [])
{
    protected override void WriteSeries(StringBuilder text)
    {
        if (read() is { } value)
        {
            WriteLine(text, "", [], value);
        }
    }
}

/// <summary>How often a number fell into each range.</summary>
/// <param name="name">Name with unit.</param>
/// <param name="help">One sentence.</param>
/// <param name="bounds">Upper bounds, ascending.</param>
internal sealed class Histogram(string name, string help, double[] bounds) : MetricFamily(name, "histogram", help, [])
{
    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[bounds.Length + 1];
    private double _sum;

    /// <summary>Counts one number.</summary>
    public void Observe(double value)
    {
        int bucket = Array.FindIndex(bounds, b => value <= b);
        lock (_lock)
        {
            _counts[bucket < 0 ? bounds.Length : bucket]++;
            _sum += value;
        }
    }

    protected override void WriteSeries(StringBuilder text)
    {
        lock (_lock)
        {
            long total = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                total += _counts[i];
                WriteLine(text, "_bucket", [], total, Number(i < bounds.Length ? bounds[i] : double.PositiveInfinity));
            }

            WriteLine(text, "_sum", [], _sum);
            WriteLine(text, "_count", [], total);
        }
    }
}
