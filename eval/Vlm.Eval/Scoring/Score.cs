using Vlm.Eval.Data;

namespace Vlm.Eval.Scoring;

/// <summary>A metric: its name on the wire and how it follows from sums over units.</summary>
public sealed record Metric(string Name, Func<Sums, double> Value)
{
    /// <summary>The mean of the values of one name in percent.</summary>
    public static Metric Percent(string name) => new(name, sums => 100 * sums.Mean(name));
}

/// <summary>What became of the questions.</summary>
/// <param name="Questions">Asked by the benchmark.</param>
/// <param name="Answered">With an answer line.</param>
/// <param name="Missing">Without one.</param>
/// <param name="Unparsed">Answers that no rule could read; scored wrong.</param>
public sealed record ScoreCounts(int Questions, int Answered, int Missing, int Unparsed);

/// <summary>The result of one answer file.</summary>
public sealed record Score
{
    /// <summary>Name of the benchmark.</summary>
    public required string Benchmark { get; init; }

    /// <summary>Name of the profile, as on the wire.</summary>
    public required string Profile { get; init; }

    /// <summary>What the metrics are computed from.</summary>
    public required ScoreUnits Units { get; init; }

    /// <summary>Metrics that follow from sums over units, the main one first.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    public required ScoreCounts Counts { get; init; }

    /// <summary>The answer line of each unit that is one question.</summary>
    public IReadOnlyDictionary<string, Answer> Answers { get; init; } = new Dictionary<string, Answer>();

    /// <summary>Values that follow from the whole set only (such as GQA's distribution) and have no interval.</summary>
    public IReadOnlyDictionary<string, double> Fixed { get; init; } = new Dictionary<string, double>();

    /// <summary>What a reader of the numbers must know: missing and empty answers, rules that differ.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Every metric by name, unrounded.</summary>
    public IReadOnlyDictionary<string, double> Values()
    {
        Sums total = Units.Total();
        OrderedDictionary<string, double> values = [];
        foreach (Metric metric in Metrics)
        {
            values[metric.Name] = metric.Value(total);
        }

        foreach ((string name, double value) in Fixed)
        {
            values[name] = value;
        }

        return values;
    }
}
