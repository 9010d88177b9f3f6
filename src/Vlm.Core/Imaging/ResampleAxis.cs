namespace Vlm.Core.Imaging;

/// <summary>
/// Weights of Pillow's antialiased bicubic filter along one axis (llava.md 5.5; Pillow src/libImaging/Resample.c), for
/// the outputs that are wanted only.
/// </summary>
internal sealed class ResampleAxis
{
    /// <summary>Fraction bits of a weight.</summary>
    internal const int Precision = 22;

    private const double A = -0.5;
    private const double KernelSupport = 2;

    private readonly int[] _starts;
    private readonly int[][] _weights;

    /// <param name="inputs">Samples along the axis before.</param>
    /// <param name="outputs">Samples after, of which [first, first + count) are wanted.</param>
    /// <param name="first">First wanted output.</param>
    /// <param name="count">Number of wanted outputs.</param>
    internal ResampleAxis(int inputs, int outputs, int first, int count)
    {
        Count = count;
        _starts = new int[count];
        _weights = new int[count][];
        double scale = (double)inputs / outputs;
        double filterScale = Math.Max(scale, 1);
        for (int j = 0; j < count; j++)
        {
            (_starts[j], _weights[j]) = Window(inputs, (first + j + 0.5) * scale, filterScale);
        }
    }

    /// <summary>Number of outputs.</summary>
    internal int Count { get; }

    /// <summary>First input that any output needs.</summary>
    internal int FirstInput => _starts[0];

    /// <summary>One behind the last input that any output needs.</summary>
    internal int EndInput => _starts[^1] + _weights[^1].Length;

    internal int Start(int output) => _starts[output];

    internal ReadOnlySpan<int> Weights(int output) => _weights[output];

    private static (int Start, int[] Weights) Window(int inputs, double centre, double filterScale)
    {
        double support = KernelSupport * filterScale;
        int start = Math.Max(0, (int)(centre - support + 0.5));
        int end = Math.Min(inputs, (int)(centre + support + 0.5));
        double inverse = 1 / filterScale;
        Span<double> raw = end - start <= 256 ? stackalloc double[end - start] : new double[end - start];
        double sum = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            raw[i] = Kernel((i + start - centre + 0.5) * inverse);
            sum += raw[i];
        }

        int[] weights = new int[raw.Length];
        for (int i = 0; i < raw.Length; i++)
        {
            weights[i] = ToFixed(sum != 0 ? raw[i] / sum : raw[i]);
        }

        return (start, weights);
    }

    // Keys' cubic with a = -0.5, in the order of operations of the reference.
    private static double Kernel(double t)
    {
        t = Math.Abs(t);
        return t switch
        {
            < 1 => (((A + 2) * t) - (A + 3)) * t * t + 1,
            < 2 => (((t - 5) * t + 8) * t - 4) * A,
            _ => 0,
        };
    }

    private static int ToFixed(double weight) =>
        (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << Precision)));
}
