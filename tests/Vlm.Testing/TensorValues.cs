using static TorchSharp.torch;

namespace Vlm.Testing;

/// <summary>Numbers out of tensors, and reproducible tensors, for tests.</summary>
public static class TensorValues
{
    /// <summary>The part at a position of the leading axes.</summary>
    public static Tensor At(this Tensor x, params long[] position) => position.Aggregate(x, (part, index) => part.select(0, index));

    /// <summary>The largest absolute value; 0 of nothing, no number where there is one that is none.</summary>
    public static double Largest(this Tensor x)
    {
        double[] values = x.Values();
        return values.Any(double.IsNaN) ? double.NaN : values.Select(Math.Abs).DefaultIfEmpty().Max();
    }

    /// <summary>All elements in row-major order.</summary>
    public static double[] Values(this Tensor x) => x.to_type(ScalarType.Float64).cpu().data<double>().ToArray();

    public static bool IsSame(this Tensor x, Tensor other) => x.eq(other).all().item<bool>();

    /// <summary>Normal noise in float64.</summary>
    public static Tensor Noise(long seed, params long[] shape)
    {
        using Generator generator = new((ulong)seed);
        return randn(shape, ScalarType.Float64, generator: generator);
    }
}
