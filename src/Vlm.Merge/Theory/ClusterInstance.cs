using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Theory;

/// <summary>Tokens in known clusters, without a class token, on which the theorem can be watched (merging.md 14).</summary>
/// <param name="Clusters">Cluster of each token; its number is the axis it lies on.</param>
/// <param name="Tokens">[N, C], float64.</param>
public sealed record ClusterInstance(IReadOnlyList<int> Clusters, Tensor Tokens)
{
    private const int Width = 8;
    private const double Margin = 0.5;

    private static readonly int[] AdversarialClusters = [0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 0, 2, 0, 3, 0, 4];
    private static readonly int[] RandomSizes = [24, 12, 6, 3, 1, 1, 1];

    /// <summary>
    /// ToMe's failure event: the large cluster holds exactly the even positions, so its tokens can only join others.
    /// </summary>
    /// <param name="noise">Size of the disturbance; 0 leaves only equal and orthogonal tokens.</param>
    public static ClusterInstance Adversarial(double noise) =>
        Of(AdversarialClusters, (t, j) => noise * Math.Sin((1.7 * t) + (0.9 * j) + (0.3 * t * j)));

    /// <summary>48 tokens in clusters of 24, 12, 6, 3, 1, 1, 1, in a random order with normal noise.</summary>
    public static ClusterInstance RandomOrder(double noise, int seed)
    {
        Random random = new(seed);
        int[] clusters = [.. RandomSizes.Index().SelectMany(c => Enumerable.Repeat(c.Index, c.Item))];
        random.Shuffle(clusters);
        return Of(clusters, (_, _) => noise * Normal(random));
    }

    /// <summary>The groups of PiToMe's operator with margin 0.5.</summary>
    public int[][] PiToMe(int removed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor classToken = zeros(1, Tokens.shape[1], ScalarType.Float64);
        int[][] groups = new PiToMeOperator(Margin).Plan(cat([classToken, Tokens], 0).unsqueeze(0), removed).Groups()[0];
        return [.. groups.Skip(1).Select(group => group.Select(token => token - 1).ToArray())];
    }

    /// <summary>The groups of plain bipartite matching.</summary>
    public int[][] ToMe(int removed)
    {
        using DisposeScope scope = NewDisposeScope();
        return BipartiteMatching.Plan(Tokens.unsqueeze(0), removed, classToken: false).Groups()[0];
    }

    /// <summary>Groups that hold tokens of different clusters.</summary>
    public int CountMixed(int[][] groups) => groups.Count(group => group.Any(token => Clusters[token] != Clusters[group[0]]));

    private static ClusterInstance Of(int[] clusters, Func<int, int, double> noise)
    {
        double[] values = new double[clusters.Length * Width];
        for (int i = 0; i < values.Length; i++)
        {
            (int t, int j) = Math.DivRem(i, Width);
            values[i] = (clusters[t] == j ? 1 : 0) + noise(t, j);
        }

        return new(clusters, tensor(values, [clusters.Length, Width]));
    }

    // Box and Muller.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
