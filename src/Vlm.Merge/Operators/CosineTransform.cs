using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// The Fourier Transformer's step (merging.md section 8): each channel as a signal over the tokens, of which only the low
/// frequencies of the orthonormal DCT-II stay. Token 0 is the class token and stays as it is.
/// </summary>
public static class CosineTransform
{
    /// <summary>Patches that stay of <paramref name="patches"/>: ceil(n ratio) in double.</summary>
    public static int Kept(int patches, double ratio) => (int)Math.Ceiling(patches * ratio);

    /// <summary>Resamples the patches to fewer, without the rounding to half precision of the released code.</summary>
    /// <remarks>Mirrored tokens have mirrored frequencies: even ones see the sum of a patch and its mirror image, odd ones their
    /// difference, so two products of half the size do.</remarks>
    /// <param name="x">[B, T, C] with the class token, float32 or better.</param>
    /// <param name="kept">Patches to leave, from 1 to T - 1.</param>
    /// <returns>[B, kept, C], in the caller's dispose scope.</returns>
    public static Tensor Resample(Tensor x, int kept)
    {
        using var scope = NewDisposeScope();
        Tensor patches = Patches.Of(x);
        Tensor basis = CosineBasis.Of((int)patches.shape[1], kept, x); // [2, ceil(n' / 2), ceil(n / 2)]
        Tensor first = patches.narrow(1, 0, basis.shape[2]);
        Tensor mirrored = LastMirrored(patches, basis.shape[2]);
        Tensor sums = Products.Of(basis.select(0, 0), first.add(mirrored)); // [B, ceil(n' / 2), C]
        Tensor differences = Products.Of(basis.select(0, 1), first.sub(mirrored));
        Tensor last = LastMirrored(sums.sub(differences).narrow(1, 0, kept / 2), kept / 2);
        return cat([sums.add(differences), last], 1).MoveToOuterDisposeScope();
    }

    // The last rows, the very last first.
    private static Tensor LastMirrored(Tensor x, long rows) =>
        x.index_select(1, arange(x.shape[1] - 1, x.shape[1] - 1 - rows, -1, ScalarType.Int64, x.device));
}
