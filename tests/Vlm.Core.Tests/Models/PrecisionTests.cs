using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Merge;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>The other dtypes against float64, merging by keys included: the same picture and tokens, only rounded.</summary>
public sealed class PrecisionTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    // Relative size of the rounding that a few dozen operations may add up to: 24 and 8 bits of mantissa. (libtorch before 2.2
    // has no float16 matrix product on the CPU.)
    public static TheoryData<ScalarType, double> Tolerances => new()
    {
        { ScalarType.Float32, 1e-5 },
        { ScalarType.BFloat16, 1e-1 },
    };

    [Theory]
    [MemberData(nameof(Tolerances))]
    public void EncodeImages_OtherPrecision_StaysNearFloat64(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var model = tiny.Load(dtype);
        long size = model.Config.Vision.ImageSize;
        var pixelValues = TensorValues.Noise(seed: 1, 2, 3, size, size);
        using var expected = tiny.Model.EncodeImages(pixelValues, MergeSpec.None);
        using var actual = model.EncodeImages(pixelValues, MergeSpec.None);
        Assert.Equal(dtype, actual.Projected.dtype);
        NearRelative(expected.Projected, actual.Projected, tolerance);
    }

    [Theory]
    [MemberData(nameof(Tolerances))]
    public void EncodeImages_MergingInOtherPrecision_KeepsDtypeAndCount(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var model = tiny.Load(dtype);
        long size = model.Config.Vision.ImageSize;
        var spec = MergeSpec.Parse("pitome/paper:0.8");
        using var output = model.EncodeImages(randn([1, 3, size, size]), spec);
        Assert.Equal([1, TokenMergers.VisualTokens(spec, model.MergeShape), model.Config.Text.HiddenSize], output.Projected.shape);
        Assert.Equal(dtype, output.Features.dtype);
        Assert.Equal(model.MergeShape.NumTokens, output.Sizes!.sum().to(ScalarType.Float64).item<double>(), tolerance);
    }

    [Theory]
    [MemberData(nameof(Tolerances))]
    public void Llama_OtherPrecision_StaysNearFloat64(ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        using var model = tiny.Load(dtype);
        var expected = Logits(tiny.Model);
        var actual = Logits(model);
        Assert.Equal((ScalarType.Float64, ScalarType.Float32), (expected.dtype, actual.dtype));
        NearRelative(expected, actual, tolerance);
    }

    private static Tensor Logits(Llava model)
    {
        using var cache = new KvCache(model.Config.Text, numBlocks: 3, blockSize: 4, model.DType, model.Device);
        var embeddings = model.Language.EmbedTokens(tensor(new long[] { 1, 5, 90, 33, 7, 2, 64, 8, 15 }));
        var hidden = model.Language.Forward(embeddings, new PagedSequences(cache, 1).Append((0, 9)), cache);
        return model.Language.Logits(hidden);
    }

    private static void NearRelative(Tensor expected, Tensor actual, double tolerance) =>
        Compare.Near(expected, actual, tolerance * expected.Largest(), "values");
}
