using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>The only place where merging multiplies matrices, so that what a method costs is counted, not estimated.</summary>
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

    /// <summary>Multiply-accumulates of all products that some work runs on this thread.</summary>
    public static long Count(Action work)
    {
        long before = _multiplyAdds;
        work();
        return _multiplyAdds - before;
    }
}
