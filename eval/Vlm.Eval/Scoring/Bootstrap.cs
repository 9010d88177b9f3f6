namespace Vlm.Eval.Scoring;

/// <summary>A two-sided interval.</summary>
public sealed record Interval(double Low, double High);

/// <summary>
/// Percentile bootstrap (Efron, 1979) over the units of a benchmark; two settings are paired by drawing the same units for both.
/// The same seed gives the same intervals.
/// </summary>
/// <param name="samples">Resamples, at least 2.</param>
/// <param name="seed">Of the draws.</param>
public sealed class Bootstrap(int samples = Bootstrap.DefaultSamples, int seed = 0)
{
    /// <summary>Resamples where nothing else is said.</summary>
    public const int DefaultSamples = 1000;

    private const double Tail = 0.025;

    /// <summary>95 % intervals of every metric.</summary>
    public IReadOnlyDictionary<string, Interval> Intervals(Score score)
    {
        double[][] draws = Draw(score);
        return score.Metrics.Select((metric, i) => (metric.Name, Of(draws, draw => draw[i]))).ToDictionary();
    }

    /// <summary>95 % intervals of every metric's difference to another setting.</summary>
    /// <exception cref="ArgumentException">The two have other units.</exception>
    public IReadOnlyDictionary<string, Interval> Differences(Score score, Score baseline)
    {
        if (!score.Units.Ids.SequenceEqual(baseline.Units.Ids))
        {
            throw new ArgumentException(
                $"{score.Benchmark}: expected the same questions in both settings, " +
                $"found {score.Units.Ids.Count} and {baseline.Units.Ids.Count} that are not the same.");
        }

        double[][] draws = Draw(score);
        double[][] others = Draw(baseline);
        return score.Metrics
            .Select((metric, i) => (metric.Name, Of(draws.Zip(others), pair => pair.First[i] - pair.Second[i])))
            .ToDictionary();
    }

    /// <summary>Metrics of each resample [samples][metrics]; equal units are drawn for equal seeds.</summary>
    private double[][] Draw(Score score)
    {
        Random random = new(seed);
        int count = score.Units.Ids.Count;
        Sums sums = score.Units.NewSums();
        double[][] draws = new double[samples][];
        for (int s = 0; s < samples; s++)
        {
            sums.Clear();
            score.Units.AddTo(sums, Enumerable.Range(0, count).Select(_ => random.Next(count)));
            draws[s] = [.. score.Metrics.Select(metric => metric.Value(sums))];
        }

        return draws;
    }

    private static Interval Of<T>(IEnumerable<T> draws, Func<T, double> value)
    {
        double[] sorted = [.. draws.Select(value).Order()];
        return new Interval(Quantile(sorted, Tail), Quantile(sorted, 1 - Tail));
    }

    private static double Quantile(double[] sorted, double share)
    {
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }
}
