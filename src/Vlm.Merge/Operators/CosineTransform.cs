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
    /// <param name="x">[B, T, C] with the class token, float32 or better.</param>
    /// <param name="kept">Patches to leave, from 1 to T - 1.</param>
    /// <returns>[B, kept, C], in the caller's dispose scope.</returns>
    public static Tensor Resample(Tensor x, int kept)
    {
        using var scope = NewDisposeScope();
        Tensor patches = Patches.Of(x);
        int count = (int)patches.shape[1];
        Tensor down = Basis(count, kept, x); // [n', n]
        Tensor up = Basis(kept, kept, x).transpose(0, 1); // [n', n']
        Tensor resampled = count < x.shape[2]
            ? Products.Of(Products.Of(up, down), patches)
            : Products.Of(up, Products.Of(down, patches));
        return resampled.MoveToOuterDisposeScope();
    }

    // The first rows of D_n, D[j, t] = c_j cos(pi j (2 t + 1) / (2 n)). Only 4 n values of the cosine occur, so they are
    // looked up: exact angles, and no n x n cosines.
    private static Tensor Basis(int n, int rows, Tensor like)
    {
        double[] cosines = [.. Enumerable.Range(0, 4 * n).Select(i => Math.Cos(Math.PI * i / (2 * n)) * Math.Sqrt(2.0 / n))];
        double[] basis = new double[rows * n];
        for (int i = 0; i < basis.Length; i++)
        {
            (int frequency, int position) = Math.DivRem(i, n);
            basis[i] = cosines[frequency * ((2 * position) + 1) % (4 * n)];
        }

        Tensor matrix = tensor(basis, [rows, n], like.dtype, like.device);
        matrix.select(0, 0).mul_(Math.Sqrt(0.5));
        return matrix;
    }
}
