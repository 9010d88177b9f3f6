using System.Runtime.InteropServices;
using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

public sealed class RandomWeightsTests
{
    private static readonly TensorPlan Linear = new(
        "language_model.model.layers.0.self_attn.q_proj.weight", TensorDType.F32, [1000, 64]);

    [Fact]
    public void Fill_LinearWeight_IsNormalWithTheInverseRootOfItsInputs()
    {
        float[] values = Values(Linear, seed: 1);

        double mean = values.Average();
        double deviation = Math.Sqrt(values.Average(v => (double)v * v));
        double withinOne = values.Count(v => Math.Abs(v) < 1 / 8.0) / (double)values.Length;
        // Five standard errors of 64,000 samples.
        Assert.InRange(mean, -0.0025, 0.0025);
        Assert.InRange(deviation * 8, 0.986, 1.014);
        Assert.InRange(withinOne, 0.6827 - 0.0092, 0.6827 + 0.0092);
    }

    [Fact]
    public void Fill_LongerTensor_StartsWithTheShorterOne()
    {
        // Crosses the chunks that are filled in parallel.
        float[] all = Values(Linear with { Shape = [80_000, 64] }, seed: 1);

        Assert.Equal(Values(Linear, seed: 1), all[..64_000]);
        Assert.Equal(all, Values(Linear with { Shape = [80_000, 64] }, seed: 1));
    }

    [Fact]
    public void Fill_OtherSeedOrName_GivesOtherValues()
    {
        float[] values = Values(Linear, seed: 1);

        Assert.NotEqual(values, Values(Linear, seed: 2));
        Assert.NotEqual(values, Values(Linear with { Name = Linear.Name + ".other" }, seed: 1));
    }

    [Fact]
    public void Fill_NormWeight_IsOne() =>
        Assert.Equal(
            Enumerable.Repeat(1f, 64), Values(new("language_model.model.norm.weight", TensorDType.F32, [64]), seed: 1));

    [Theory]
    [InlineData(0.0, 0x0000)]
    [InlineData(1.0, 0x3f80)]
    [InlineData(-2.5, 0xc020)]
    [InlineData(1.00390625, 0x3f80)] // Halfway: to even.
    [InlineData(1.01171875, 0x3f82)]
    public void Write_BFloat16_RoundsToNearestEven(double value, int expected)
    {
        byte[] bytes = new byte[2];

        WeightBits.Write(TensorDType.BF16, value, bytes);

        Assert.Equal(expected, BitConverter.ToUInt16(bytes));
    }

    private static float[] Values(TensorPlan plan, ulong seed)
    {
        using var stream = new MemoryStream();
        new RandomWeights(TinyCheckpoint.Preset.Config(100, TensorDType.F32), seed, TensorDType.F32).Fill(plan, stream);
        return MemoryMarshal.Cast<byte, float>(stream.ToArray()).ToArray();
    }
}
