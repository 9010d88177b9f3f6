using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Theory;

/// <summary>One method on one instance.</summary>
/// <param name="Noise">Of the instance.</param>
/// <param name="Removed">Tokens merged away.</param>
/// <param name="Method">PiToMe or ToMe.</param>
/// <param name="Distance">Spectral distance between the graph and what merging leaves of it.</param>
/// <param name="Mixed">Groups that hold tokens of different clusters.</param>
/// <param name="LemmaSummed">Largest error of the lemma with summed coarse weights.</param>
/// <param name="LemmaAveraged">Largest error of the lemma with averaged ones, as printed.</param>
/// <param name="Groups">Groups of more than one token, anchor first.</param>
public sealed record TheoremRow(
    double Noise,
    int Removed,
    string Method,
    double Distance,
    int Mixed,
    double LemmaSummed,
    double LemmaAveraged,
    IReadOnlyList<int[]> Groups);

/// <summary>Theorem 1 in numbers: PiToMe's distance falls with the noise, ToMe's does not where a cluster fills its set A.</summary>
public static class TheoremTable
{
    private static readonly double[] Noises = [0.1, 0.05, 0.025, 0.0125, 0];
    private static readonly int[] Counts = [2, 4];

    /// <summary>Both methods on the adversarial instance, for each noise and 2 or 4 tokens removed.</summary>
    public static IReadOnlyList<TheoremRow> Adversarial() =>
        [.. Noises.SelectMany(noise => Counts.SelectMany(removed => Rows(noise, removed)))];

    /// <summary>
    /// In how many random orders of 48 tokens PiToMe's distance is the smaller one: rarely, since ToMe merges the tightest
    /// pairs. The theorem is about limits and promises nothing here.
    /// </summary>
    public static int CountPiToMeCloser(int orders, double noise = 0.05, int removed = 12) =>
        Enumerable.Range(0, orders).Count(seed =>
        {
            using DisposeScope scope = NewDisposeScope();
            ClusterInstance instance = ClusterInstance.RandomOrder(noise, seed);
            Tensor weights = SpectralDistance.Graph(instance.Tokens);
            return SpectralDistance.Between(weights, instance.PiToMe(removed))
                < SpectralDistance.Between(weights, instance.ToMe(removed));
        });

    private static TheoremRow[] Rows(double noise, int removed)
    {
        using DisposeScope scope = NewDisposeScope();
        ClusterInstance instance = ClusterInstance.Adversarial(noise);
        Tensor weights = SpectralDistance.Graph(instance.Tokens);
        return [Row("PiToMe", instance.PiToMe(removed)), Row("ToMe", instance.ToMe(removed))];

        TheoremRow Row(string method, int[][] groups) => new(
            noise,
            removed,
            method,
            SpectralDistance.Between(weights, groups),
            instance.CountMixed(groups),
            SpectralDistance.LemmaError(weights, groups, averaged: false),
            SpectralDistance.LemmaError(weights, groups, averaged: true),
            [.. groups.Where(group => group.Length > 1)]);
    }
}
