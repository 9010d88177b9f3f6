using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Small tensors from formulas, and comparisons that name the largest difference.</summary>
internal static class Tensors
{
    public static Tensor Of(double[] values, params long[] shape) => tensor(values).reshape(shape);

    /// <summary>[rows, columns] of f(row, column).</summary>
    public static Tensor Matrix(int rows, int columns, Func<int, int, double> f)
    {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = f(i / columns, i % columns);
        }

        return Of(values, rows, columns);
    }

    /// <summary>Reproducible noise [B, T, C] in float64.</summary>
    public static Tensor Noise(int seed, params long[] shape)
    {
        Random random = new(seed);
        double[] values = new double[shape.Aggregate(1L, (product, size) => product * size)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextDouble() * 2) - 1;
        }

        return Of(values, shape);
    }

    public static double[] Values(Tensor x) => x.to_type(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();

    public static long[] Integers(Tensor x) => x.cpu().contiguous().data<long>().ToArray();

    /// <summary>Same shape and no entry further apart than the tolerance.</summary>
    public static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        AssertClose(Values(expected), Values(actual), tolerance);
    }

    public static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).DefaultIfEmpty().Max();
        Assert.True(worst <= tolerance, $"largest difference {worst}, tolerance {tolerance}");
    }
}
