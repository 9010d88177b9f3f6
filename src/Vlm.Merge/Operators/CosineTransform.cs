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
    /// <remarks>D[j, n - 1 - t] = (-1)^j D[j, t]: even frequencies see the sum of a patch and its mirror image, odd ones their
    /// difference, so two products of half the size do.</remarks>
    /// <param name="x">[B, T, C] with the class token, float32 or better.</param>
    /// <param name="kept">Patches to leave, from 1 to T - 1.</param>
    /// <returns>[B, kept, C], in the caller's dispose scope.</returns>
    public static Tensor Resample(Tensor x, int kept)
    {
        using var scope = NewDisposeScope();
        Tensor patches = Patches.Of(x);
        int count = (int)patches.shape[1];
        Tensor first = patches.narrow(1, 0, Half(count));
        Tensor mirrored = LastMirrored(patches, Half(count));
        Tensor sums = Resample(first.add(mirrored), count, kept, parity: 0); // [B, ceil(n' / 2), C]
        Tensor differences = Resample(first.sub(mirrored), count, kept, parity: 1);
        Tensor last = LastMirrored(sums.sub(differences).narrow(1, 0, kept / 2), kept / 2);
        return cat([sums.add(differences), last], 1).MoveToOuterDisposeScope();
    }

    private static int Half(int count) => (count + 1) / 2;

    // The last rows, the very last first.
    private static Tensor LastMirrored(Tensor x, int rows) =>
        x.index_select(1, arange(x.shape[1] - 1, x.shape[1] - 1 - rows, -1, ScalarType.Int64, x.device));

    // [B, ceil(n / 2), C] -> [B, ceil(n' / 2), C] through the even or the odd frequencies.
    private static Tensor Resample(Tensor half, int count, int kept, int parity)
    {
        Tensor down = Basis(count, kept, parity, half); // [J, ceil(n / 2)]
        Tensor up = Basis(kept, kept, parity, half).transpose(0, 1); // [ceil(n' / 2), J]
        if (count % 2 == 1)
        {
            down.select(1, -1).mul_(0.5); // the patch in the middle is its own mirror image
        }

        return count < 2 * half.shape[2]
            ? Products.Of(Products.Of(up, down), half)
            : Products.Of(up, Products.Of(down, half));
    }

    // Every second row from parity on of the first rows of D_n, D[j, t] = c_j cos(pi j (2 t + 1) / (2 n)), and the first half
    // of their columns. Only 4 n values of the cosine occur, so they are looked up: exact angles, and no n x n cosines.
    private static Tensor Basis(int n, int rows, int parity, Tensor like)
    {
        double[] cosines = [.. Enumerable.Range(0, 4 * n).Select(i => Math.Cos(Math.PI * i / (2 * n)) * Math.Sqrt(2.0 / n))];
        (int frequencies, int half) = ((rows + 1 - parity) / 2, Half(n));
        double[] basis = new double[frequencies * half];
        for (int row = 0; row < frequencies; row++)
        {
            int frequency = (2 * row) + parity;
            for (int position = 0, angle = frequency; position < half; position++, angle += 2 * frequency)
            {
                angle = angle < 4 * n ? angle : angle - (4 * n);
                basis[(row * half) + position] = frequency == 0 ? Math.Sqrt(1.0 / n) : cosines[angle];
            }
        }

        return tensor(basis, [frequencies, half], like.dtype, like.device);
    }
}
