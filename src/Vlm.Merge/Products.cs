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

    /// <summary>Mean of elu over the cosines of each token with all; see <see cref="IKernels.MeanEluOfCosines"/>.</summary>
    public static Tensor MeanElu(Tensor tokens, double margin, double alpha, double step)
    {
        CountPairs(tokens);
        return Kernels.Default.MeanEluOfCosines(tokens, margin, alpha, step);
    }

    /// <summary>Mean of a bell over the cosines of each token with all; see <see cref="IKernels.MeanBellOfCosines"/>.</summary>
    public static Tensor MeanBell(Tensor tokens, double sharpness)
    {
        CountPairs(tokens);
        return Kernels.Default.MeanBellOfCosines(tokens, sharpness);
    }

    /// <summary>Cosine and place of the token nearest to each: [B, S, C], [B, T, C] -> [B, S] each.</summary>
    public static (Tensor Cosines, Tensor Places) Nearest(Tensor from, Tensor to)
    {
        _multiplyAdds += from.numel() * to.shape[1];
        return Kernels.Default.NearestByCosine(from, to);
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
