using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// The matrix that takes n patches to their n' lowest frequencies and those to n' patches (merging.md 8.1), M = D_n'^T times the
/// first n' rows of D_n, made once per pair of counts. As a sum of products of cosines it is one of Dirichlet kernels:
/// M[s, t] = (K(a - b) + K(a + b)) / (2 sqrt(n n')) with a = pi (2 s + 1) / (2 n'), b = pi (2 t + 1) / (2 n) and
/// K(x) = sin((2 n' - 1) x / 2) / sin(x / 2).
/// </summary>
internal static class CosineBasis
{
    /// <summary>All are forgotten where they would take more: every layer and ratio has its own.</summary>
    private const long MostBytes = 64L << 20;

    private static readonly ConcurrentDictionary<(int Patches, int Kept, ScalarType Type), PinnedValues> Made = new();

    /// <summary>What even frequencies and what odd ones give of the first halves: [2, ceil(n' / 2), ceil(n / 2)], in the caller's
    /// dispose scope. The first multiplies the sum of a patch and its mirror image, the second their difference.</summary>
    /// <param name="patches">n.</param>
    /// <param name="kept">n'.</param>
    /// <param name="like">For type and device.</param>
    public static Tensor Of(int patches, int kept, Tensor like)
    {
        PinnedValues values = Made.GetOrAdd((patches, kept, like.dtype), static key => Make(key.Patches, key.Kept, key.Type));
        return Kernels.Default.FromMemory(values.Address, [2, Half(kept), Half(patches)], like.dtype, values).to(like.device);
    }

    private static PinnedValues Make(int patches, int kept, ScalarType type)
    {
        if (Made.Values.Sum(values => values.Bytes) > MostBytes)
        {
            Made.Clear();
        }

        double[] basis = Values(patches, kept);
        return type == ScalarType.Float64
            ? PinnedValues.Of<double>(basis)
            : PinnedValues.Of<float>([.. basis.Select(value => (float)value)]);
    }

    private static double[] Values(int n, int kept)
    {
        (int rows, int columns) = (Half(kept), Half(n));
        double[] basis = new double[2 * rows * columns];
        for (int i = 0; i < rows * columns; i++)
        {
            (int s, int t) = (i / columns, i % columns);
            double weight = 2 * t == n - 1 ? 0.25 : 0.5; // the patch in the middle is its own mirror image
            (double here, double mirrored) = (Entry(n, kept, s, t), Entry(n, kept, s, n - 1 - t));
            basis[i] = weight * (here + mirrored);
            basis[(rows * columns) + i] = weight * (here - mirrored);
        }

        return basis;
    }

    // M[s, t]; angles in units of pi / (2 n n').
    private static double Entry(int n, int kept, int s, int t)
    {
        (long a, long b) = ((long)n * ((2 * s) + 1), (long)kept * ((2 * t) + 1));
        return (Dirichlet(n, kept, Math.Abs(a - b)) + Dirichlet(n, kept, a + b)) / (2 * Math.Sqrt((double)n * kept));
    }

    private static double Dirichlet(int n, int kept, long angle)
    {
        long half = 4L * n * kept; // half a turn for half an angle
        return angle == 0 ? (2 * kept) - 1 : SinePi(((2 * kept) - 1) * angle, half) / SinePi(angle, half);
    }

    // sin(pi a / b), with the angle brought below a quarter turn before it is rounded.
    private static double SinePi(long a, long b)
    {
        a %= 2 * b;
        long upper = a % b;
        double sine = Math.Sin(Math.PI * Math.Min(upper, b - upper) / b);
        return a < b ? sine : -sine;
    }

    private static int Half(int count) => (count + 1) / 2;

    // Numbers that the collector leaves in place; a tensor over them keeps them from it.
    private sealed record PinnedValues(Array Values, long Bytes) : IDisposable
    {
        public IntPtr Address { get; } = Marshal.UnsafeAddrOfPinnedArrayElement(Values, 0);

        public static PinnedValues Of<T>(ReadOnlySpan<T> values)
            where T : unmanaged
        {
            T[] pinned = GC.AllocateUninitializedArray<T>(values.Length, pinned: true);
            values.CopyTo(pinned);
            return new(pinned, (long)values.Length * Marshal.SizeOf<T>());
        }

        public void Dispose()
        {
        }
    }
}
