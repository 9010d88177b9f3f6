using Vlm.Core.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

public sealed class LayersTests
{
    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-4)] // an angle of 1000 is exact to 6e-5
    public void RotaryEmbedding_Position_TurnsByItsWavelengths(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var rotary = new RotaryEmbedding(headDim: 6, theta: 10000, dtype, CPU);
        var (cos, sin) = rotary.Forward([0, 1000]);
        var angles = Enumerable.Range(0, 6).Select(i => 1000 * Math.Pow(10000, -2.0 * (i % 3) / 6)).ToArray();
        Compare.Near(ones(6), cos.select(0, 0), 0, "cos of position 0");
        Compare.Near(zeros(6), sin.select(0, 0), 0, "sin of position 0");
        Compare.Near(tensor(angles).cos(), cos.select(0, 1), tolerance, "cos");
        Compare.Near(tensor(angles).sin(), sin.select(0, 1), tolerance, "sin");
        Assert.Equal(dtype, cos.dtype);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void RotaryEmbedding_HalfPrecision_RoundsOnlyTheResult(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var half = new RotaryEmbedding(headDim: 8, theta: 10000, dtype, CPU);
        using var full = new RotaryEmbedding(headDim: 8, theta: 10000, ScalarType.Float32, CPU);
        Compare.Near(full.Forward([4095]).Cos.to(dtype), half.Forward([4095]).Cos, 0, "cos at the last position");
    }
}
