namespace Vlm.Core.Weights;

/// <summary>
/// The 65,536 quantiles of a normal distribution in one element type. A 16-bit slice of a hash picks one, which makes
/// normal random numbers as
/// fast as reading memory.
/// </summary>
internal sealed class NormalTable
{
    private const int Size = 1 << 16;
    private static readonly double[] Standard = Quantiles();

    /// <summary>Values of <paramref name="scale"/> times the standard normal distribution.</summary>
    public NormalTable(TensorDType dtype, double scale)
    {
        int width = dtype.Bits() / 8;
        Bytes = new byte[Size * width];
        for (int i = 0; i < Size; i++)
        {
            WeightBits.Write(dtype, Standard[i] * scale, Bytes.AsSpan(i * width, width));
        }
    }

    /// <summary>The quantiles, one after another, little-endian.</summary>
    public byte[] Bytes { get; }

    // Inverts the distribution function, summed by trapezoids over +-6 standard deviations.
    private static double[] Quantiles()
    {
        const int steps = 1_200_000;
        const double limit = 6;
        const double step = 2 * limit / steps;
        double[] quantiles = new double[Size];
        double total = 0;
        double before = Density(-limit);
        int next = 0;
        for (int i = 1; i <= steps && next < Size; i++)
        {
            double x = -limit + (i * step);
            double density = Density(x);
            double area = (before + density) / 2 * step;
            for (double p; next < Size && (p = (next + 0.5) / Size) <= total + area; next++)
            {
                quantiles[next] = x - step + (step * (p - total) / area);
            }

            total += area;
            before = density;
        }

        return quantiles;
    }

    private static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
}
