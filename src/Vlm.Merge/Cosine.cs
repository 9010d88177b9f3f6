using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>Guarded norms and cosines of tokens (merging.md section 0, "Normalisation").</summary>
internal static class Cosine
{
    private const double SmallestNorm = 1e-12;

    /// <summary>[B, T, C] to the length of each token [B, T], never zero.</summary>
    public static Tensor Norms(Tensor metric) => metric.norm(2).clamp_min_(SmallestNorm);

    /// <summary>[B, T, C] to tokens of length 1, zero where they were.</summary>
    public static Tensor Unit(Tensor metric) => metric.div(Norms(metric).unsqueeze(-1));

    /// <summary>[B, T, C] to the cosine of each pair [B, T, T].</summary>
    public static Tensor Matrix(Tensor metric)
    {
        Tensor unit = Unit(metric);
        return Products.Of(unit, unit.transpose(1, 2));
    }
}
