using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Vlm.Core.Imaging;

/// <summary>
/// Horizontal pass over RGB rows. With AVX2 a weight w of 22 fraction bits is split as w = high * 2^11 + low, so that
/// both halves fit 16 bits and pairs of taps multiply in one instruction; sums are exact modulo 2^32, the result fits.
/// </summary>
internal sealed unsafe class ResampleRows
{
    /// <summary>Bytes behind a row that may be read (never used).</summary>
    internal const int Slack = 16;

    /// <summary>Rows that share one read of the weights.</summary>
    internal const int RowsPerStep = 4;

    private const int TapsPerStep = 4;
    private const int SplitBits = 11;
    private const int Half = 1 << (ResampleAxis.Precision - 1);

    private readonly ResampleAxis _axis;
    private readonly int[] _stepStarts = [];
    private readonly Vector256<short>[] _split = [];
    private readonly bool _isVector;

    /// <param name="axis">Weights along the row.</param>
    /// <param name="useVectors">Whether AVX2 may be used where the machine has it; false gives the plain loop.</param>
    internal ResampleRows(ResampleAxis axis, bool useVectors)
    {
        _axis = axis;
        _isVector = useVectors && Avx2.IsSupported;
        if (_isVector)
        {
            (_stepStarts, _split) = Split(axis);
        }
    }

    /// <summary>Resamples up to four rows.</summary>
    /// <param name="sources">Rows of the picture, each followed by <see cref="Slack"/> readable bytes.</param>
    /// <param name="targets">As many rows of Count pixels.</param>
    /// <param name="rows">1 to 4.</param>
    internal void Run(byte** sources, byte** targets, int rows)
    {
        if (_isVector && rows == RowsPerStep)
        {
            RunFour(sources, targets);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            RunOne(sources[row], targets[row]);
        }
    }

    private void RunOne(byte* source, byte* target)
    {
        for (int x = 0; x < _axis.Count; x++, target += RgbImage.Channels)
        {
            ReadOnlySpan<int> weights = _axis.Weights(x);
            byte* at = source + (_axis.Start(x) * RgbImage.Channels);
            int red = Half, green = Half, blue = Half;
            foreach (int weight in weights)
            {
                red += weight * at[0];
                green += weight * at[1];
                blue += weight * at[2];
                at += RgbImage.Channels;
            }

            target[0] = Byte(red);
            target[1] = Byte(green);
            target[2] = Byte(blue);
        }
    }

    private static byte Byte(int sum) => (byte)Math.Clamp(sum >> ResampleAxis.Precision, 0, byte.MaxValue);

    private void RunFour(byte** sources, byte** targets)
    {
        // Pixels 0 and 1 go to the lower lane, 2 and 3 to the upper one: R0 R1 G0 G1 B0 B1 - - as 16-bit numbers.
        Vector256<byte> spread = Vector256.Create(
            (byte)0, 128, 3, 128, 1, 128, 4, 128, 2, 128, 5, 128, 128, 128, 128, 128,
            6, 128, 9, 128, 7, 128, 10, 128, 8, 128, 11, 128, 128, 128, 128, 128);
        byte* s0 = sources[0], s1 = sources[1], s2 = sources[2], s3 = sources[3];
        ref Vector256<short> weights = ref MemoryMarshal.GetArrayDataReference(_split);
        for (int x = 0; x < _axis.Count; x++)
        {
            nint at = _axis.Start(x) * RgbImage.Channels;
            Vector256<int> h0 = default, h1 = default, h2 = default, h3 = default;
            Vector256<int> l0 = default, l1 = default, l2 = default, l3 = default;
            for (int step = _stepStarts[x]; step < _stepStarts[x + 1]; step++)
            {
                Vector256<short> high = Unsafe.Add(ref weights, step * 2);
                Vector256<short> low = Unsafe.Add(ref weights, (step * 2) + 1);
                Accumulate(s0 + at, spread, high, low, ref h0, ref l0);
                Accumulate(s1 + at, spread, high, low, ref h1, ref l1);
                Accumulate(s2 + at, spread, high, low, ref h2, ref l2);
                Accumulate(s3 + at, spread, high, low, ref h3, ref l3);
                at += TapsPerStep * RgbImage.Channels;
            }

            int offset = x * RgbImage.Channels;
            Store(h0, l0, targets[0] + offset);
            Store(h1, l1, targets[1] + offset);
            Store(h2, l2, targets[2] + offset);
            Store(h3, l3, targets[3] + offset);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        byte* source, Vector256<byte> spread, Vector256<short> high, Vector256<short> low,
        ref Vector256<int> sumHigh, ref Vector256<int> sumLow)
    {
        Vector128<byte> pixels = Vector128.Load(source);
        Vector256<short> samples = Avx2.Shuffle(Vector256.Create(pixels, pixels), spread).AsInt16();
        sumHigh += Avx2.MultiplyAddAdjacent(samples, high);
        sumLow += Avx2.MultiplyAddAdjacent(samples, low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> high, Vector256<int> low, byte* target)
    {
        Vector256<int> both = (high << SplitBits) + low;
        Vector128<int> sum = both.GetLower() + both.GetUpper() + Vector128.Create(Half);
        Vector128<short> words = Sse2.PackSignedSaturate(sum >> ResampleAxis.Precision, Vector128<int>.Zero);
        uint rgb = Sse2.PackUnsignedSaturate(words, words).AsUInt32().ToScalar();
        Unsafe.WriteUnaligned(target, (ushort)rgb);
        target[2] = (byte)(rgb >> 16);
    }

    // Per step of four taps two vectors: high and low halves of the weights, in the places of the samples.
    private static (int[] Starts, Vector256<short>[] Split) Split(ResampleAxis axis)
    {
        int[] starts = new int[axis.Count + 1];
        for (int x = 0; x < axis.Count; x++)
        {
            starts[x + 1] = starts[x] + ((axis.Weights(x).Length + TapsPerStep - 1) / TapsPerStep);
        }

        var split = new Vector256<short>[starts[^1] * 2];
        for (int x = 0; x < axis.Count; x++)
        {
            ReadOnlySpan<int> weights = axis.Weights(x);
            for (int step = starts[x]; step < starts[x + 1]; step++)
            {
                ReadOnlySpan<int> taps = weights[((step - starts[x]) * TapsPerStep)..];
                split[step * 2] = Spread(taps, weight => weight >> SplitBits);
                split[(step * 2) + 1] = Spread(taps, weight => weight & ((1 << SplitBits) - 1));
            }
        }

        return (starts, split);
    }

    private static Vector256<short> Spread(ReadOnlySpan<int> taps, Func<int, int> half)
    {
        short w0 = (short)half(taps[0]);
        short w1 = taps.Length > 1 ? (short)half(taps[1]) : (short)0;
        short w2 = taps.Length > 2 ? (short)half(taps[2]) : (short)0;
        short w3 = taps.Length > 3 ? (short)half(taps[3]) : (short)0;
        return Vector256.Create(w0, w1, w0, w1, w0, w1, 0, 0, w2, w3, w2, w3, w2, w3, 0, 0);
    }
}
