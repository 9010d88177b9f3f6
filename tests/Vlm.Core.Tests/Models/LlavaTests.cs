using Vlm.Core.Models;
using Vlm.Merge;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>Laws of the vision side on small random weights in float64.</summary>
public sealed class LlavaTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    // float64; only the order of additions may differ.
    private const double Tolerance = 1e-12;

    private static readonly MergeSpec PiToMe = new("pitome", "paper", 0.8);

    private readonly Llava _llava = tiny.Model;

    [Fact]
    public void EncodeImages_RatioOne_EqualsNoMerging()
    {
        using var scope = NewDisposeScope();
        var pixelValues = Pixels(seed: 1, batch: 1);
        using var plain = _llava.EncodeImages(pixelValues, MergeSpec.None);
        using var one = _llava.EncodeImages(pixelValues, PiToMe with { Ratio = 1 });
        Compare.Near(plain.Features, one.Features, Tolerance, "features");
        Compare.Near(plain.Projected, one.Projected, Tolerance, "projected");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("pitome/paper:0.8")]
    [InlineData("pitome/released:0.8")]
    [InlineData("tome/paper:0.8")]
    [InlineData("tofu/mlerp:0.8,layers=all")]
    [InlineData("diffrate:0.8")]
    [InlineData("crossget/intended:0.8,order=raster")]
    [InlineData("mctf:0.8,proportional_attention=true")]
    [InlineData("mctf/upstream:0.8")]
    [InlineData("cls_attention_prune:0.8")]
    [InlineData("mean_attention_merge:0.8,layers=2-")]
    public void EncodeImages_Batch_EqualsEachAlone(string merge)
    {
        using var scope = NewDisposeScope();
        var spec = MergeSpec.Parse(merge);
        var pixelValues = Pixels(seed: 2, batch: 3);
        using var together = _llava.EncodeImages(pixelValues, spec, trace: true);
        for (var i = 0; i < 3; i++)
        {
            using var alone = _llava.EncodeImages(pixelValues.narrow(0, i, 1), spec, trace: true);
            Compare.Near(alone.Projected, together.Projected.narrow(0, i, 1), Tolerance, $"projected, picture {i}");
            if (together.Owner is not null)
            {
                Compare.Near(alone.Owner!, together.Owner.narrow(0, i, 1), 0, $"owner, picture {i}");
            }
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("pitome/paper:0.8")]
    [InlineData("pitome/released:0.6")]
    [InlineData("tome/released:0.7")]
    [InlineData("tome/paper:r=2")]
    [InlineData("dct:0.7")]
    [InlineData("mctf/upstream:0.7")]
    [InlineData("random_prune:0.7")]
    [InlineData("average_pool:0.7")]
    public void EncodeImages_Merging_LeavesAsManyTokensAsTheSchedule(string merge)
    {
        using var scope = NewDisposeScope();
        var spec = MergeSpec.Parse(merge);
        using var output = _llava.EncodeImages(Pixels(seed: 3, batch: 2), spec);
        var tokens = TokenMergers.VisualTokens(spec, _llava.MergeShape);
        Assert.Equal([2, tokens, _llava.Config.Vision.HiddenSize], output.Features.shape);
        Assert.Equal([2, tokens, _llava.Config.Text.HiddenSize], output.Projected.shape);
    }

    [Fact]
    public void EncodeImages_Traced_SizesCountTheOwners()
    {
        using var scope = NewDisposeScope();
        using var output = _llava.EncodeImages(Pixels(seed: 4, batch: 1), PiToMe, trace: true);
        var owners = output.Owner!.data<long>().ToArray();
        var sizes = output.Sizes!.to(ScalarType.Float64).data<double>().ToArray();
        var counted = Enumerable.Range(0, sizes.Length).Select(t => (double)owners.Count(o => o == t));
        Assert.Equal(counted, sizes);
        Assert.Equal(_llava.MergeShape.NumPatches + 1, sizes.Sum());
    }

    [Fact]
    public void EncodeImages_OtherSize_Throws()
    {
        using var scope = NewDisposeScope();
        var size = _llava.Config.Vision.ImageSize;
        var pixelValues = zeros([1, 3, size, size + 1]);
        var error = Assert.Throws<ArgumentException>(() => _llava.EncodeImages(pixelValues, MergeSpec.None));
        Assert.StartsWith(
            $"Pixel values: expected [B, 3, {size}, {size}], found [1, 3, {size}, {size + 1}].",
            error.Message,
            StringComparison.Ordinal);
    }

    private Tensor Pixels(long seed, long batch)
    {
        long size = _llava.Config.Vision.ImageSize;
        return TensorValues.Noise(seed, batch, 3, size, size);
    }
}
