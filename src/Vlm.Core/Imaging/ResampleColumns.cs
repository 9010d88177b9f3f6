using System.Runtime.Intrinsics;

namespace Vlm.Core.Imaging;

/// <summary>Vertical pass: an output row is a weighted sum of input rows, so channels play no part.</summary>
internal static unsafe class ResampleColumns
{
    private const int Half = 1 << (ResampleAxis.Precision - 1);

    /// <param name="rows">Start of the row that the first weight belongs to.</param>
    /// <param name="rowBytes">Distance of rows and length of the result.</param>
    /// <param name="weights">One per row.</param>
    /// <param name="target">The output row.</param>
    /// <param name="useVectors">False gives the plain loop.</param>
    internal static void Run(byte* rows, int rowBytes, ReadOnlySpan<int> weights, byte* target, bool useVectors)
    {
        int width = Vector256<byte>.Count;
        if (!useVectors || rowBytes < width)
        {
            RunPlain(rows, rowBytes, weights, target);
            return;
        }

        for (int x = 0; x <= rowBytes - width; x += width)
        {
            RunVector(rows + x, rowBytes, weights, target + x);
        }

        // The last block may overlap its neighbour: the same bytes are computed twice.
        RunVector(rows + rowBytes - width, rowBytes, weights, target + rowBytes - width);
    }

    private static void RunVector(byte* at, int rowBytes, ReadOnlySpan<int> weights, byte* target)
    {
        Vector256<int> a = Vector256.Create(Half), b = a, c = a, d = a;
        foreach (int weight in weights)
        {
            (Vector256<ushort> lower, Vector256<ushort> upper) = Vector256.Widen(Vector256.Load(at));
            (Vector256<uint> lowerLower, Vector256<uint> lowerUpper) = Vector256.Widen(lower);
            (Vector256<uint> upperLower, Vector256<uint> upperUpper) = Vector256.Widen(upper);
            Vector256<int> w = Vector256.Create(weight);
            a += lowerLower.AsInt32() * w;
            b += lowerUpper.AsInt32() * w;
            c += upperLower.AsInt32() * w;
            d += upperUpper.AsInt32() * w;
            at += rowBytes;
        }

        Vector256<ushort> low = Vector256.Narrow(Byte(a), Byte(b)).AsUInt16();
        Vector256<ushort> high = Vector256.Narrow(Byte(c), Byte(d)).AsUInt16();
        Vector256.Narrow(low, high).Store(target);
    }

    private static Vector256<int> Byte(Vector256<int> sum) =>
        Vector256.Clamp(sum >> ResampleAxis.Precision, Vector256<int>.Zero, Vector256.Create((int)byte.MaxValue));

    private static void RunPlain(byte* rows, int rowBytes, ReadOnlySpan<int> weights, byte* target)
    {
        for (int x = 0; x < rowBytes; x++)
        {
            int sum = Half;
            byte* at = rows + x;
            foreach (int weight in weights)
            {
                sum += weight * *at;
                at += rowBytes;
            }

            target[x] = (byte)Math.Clamp(sum >> ResampleAxis.Precision, 0, byte.MaxValue);
        }
    }
}
