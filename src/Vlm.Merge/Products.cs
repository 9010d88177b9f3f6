using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// The only place where merging multiplies matrices, so that what a method costs is counted, not estimated. Cosines of which
/// only a mean or the largest is asked for are never stored.
/// </summary>
internal static class Products
{
    [ThreadStatic]
    private static long _multiplyAdds;

    /// <summary>a b: [..., n, k], [..., k, m] -> [..., n, m].</summary>
    public static Tensor Of(Tensor a, Tensor b)
    {
        Tensor product = a.dim() == 3 && b.dim() == 3 ? a.bmm(b) : a.matmul(b);
        _multiplyAdds += product.numel() * a.shape[^1];
        return product;
    }

    /// <summary>Mean of elu over the cosines of each token with all; see <see cref="IMergeKernels.MeanEluOfCosines"/>.</summary>
    public static Tensor MeanElu(Tensor tokens, double margin, double alpha, double step)
    {
        CountPairs(tokens);
        return Kernels.Default.MeanEluOfCosines(tokens, margin, alpha, step);
    }

    /// <summary>Mean of a bell over the cosines of each token with all; see <see cref="IMergeKernels.MeanBellOfCosines"/>.</summary>
    public static Tensor MeanBell(Tensor tokens, double sharpness)
    {
        CountPairs(tokens);
        return Kernels.Default.MeanBellOfCosines(tokens, sharpness);
    }

    /// <summary>See <see cref="IMergeKernels.LowerRankedCosines"/>.</summary>
    public static (Tensor Cosines, Tensor Ranking) LowerRanked(Tensor tokens, bool countsItself)
    {
        CountPairs(tokens);
        return Kernels.Default.LowerRankedCosines(tokens, countsItself);
    }

    /// <summary>See <see cref="IMergeKernels.JoinNearest"/>.</summary>
    public static Joins JoinNearest(
        Tensor metric, Tensor order, long front, RankRun kept, RankRun destinations, RankRun sources)
    {
        _multiplyAdds += metric.shape[0] * sources.Count * destinations.Count * metric.shape[2];
        return Kernels.Default.JoinNearest(metric, order, front, kept, destinations, sources);
    }

    /// <summary>See <see cref="IMergeKernels.JoinClosest"/>.</summary>
    public static Joins JoinClosest(Tensor metric, Tensor? order, long joined, bool classToken)
    {
        long tokens = order?.shape[1] ?? metric.shape[1];
        _multiplyAdds += metric.shape[0] * ((tokens + 1) / 2) * (tokens / 2) * metric.shape[2];
        return Kernels.Default.JoinClosest(metric, order, joined, classToken);
    }

    /// <summary>Multiply-accumulates of all products that some work runs on this thread.</summary>
    public static long Count(Action work)
    {
        long before = _multiplyAdds;
        work();
        return _multiplyAdds - before;
    }

    // Each pair once, and each token with itself.
    private static void CountPairs(Tensor tokens) => _multiplyAdds += tokens.numel() * (tokens.shape[1] + 1) / 2;
}
