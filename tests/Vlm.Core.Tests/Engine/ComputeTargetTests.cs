using Vlm.Core.Engine;
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Engine;

public sealed class ComputeTargetTests
{
    [Theory]
    [InlineData("auto", ScalarType.Float32)]
    [InlineData("float64", ScalarType.Float64)]
    [InlineData("bfloat16", ScalarType.BFloat16)]
    public void Parse_Cpu_GivesTheType(string dtype, ScalarType expected) =>
        Assert.Equal(expected, ComputeTarget.Parse(dtype, "cpu").DType);

    [Theory]
    [InlineData("float16", "cpu", "dtype: expected auto, float64, float32, bfloat16 on cpu, found 'float16'.")]
    [InlineData("int8", "cpu", "dtype: expected auto, float64, float32, bfloat16 on cpu, found 'int8'.")]
    [InlineData("auto", "tpu", "device: expected cpu or cuda:N, found 'tpu'.")]
    public void Parse_WhatCannotBe_SaysWhatCan(string dtype, string device, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => ComputeTarget.Parse(dtype, device));

        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("auto", "auto", WeightFormat.Stored)]
    [InlineData("float32", "auto", WeightFormat.Computed)]
    [InlineData("auto", "int8", WeightFormat.EightBit)]
    public void Parse_WeightsOnCpu_GivesTheirFormat(string dtype, string weights, WeightFormat expected) =>
        Assert.Equal(expected, ComputeTarget.Parse(dtype, "cpu", weights).Weights);

    [Fact]
    public void Parse_Int8InFloat64_IsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => ComputeTarget.Parse("float64", "cpu", "int8"));

        Assert.Equal("weights: expected int8 with dtype auto or float32 on cpu, found dtype float64 on cpu.", error.Message);
    }

    [Fact]
    public void Parse_GpuThatIsNotThere_IsRefused()
    {
        int beyond = cuda.is_available() ? cuda.device_count() : 0;

        Assert.Throws<ArgumentException>(() => ComputeTarget.Parse("auto", $"cuda:{beyond}"));
    }
}
