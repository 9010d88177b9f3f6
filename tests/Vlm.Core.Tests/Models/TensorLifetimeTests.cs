using Vlm.Core.Engine;
using Vlm.Merge;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>Counts the native tensors of the process, so nothing else may run meanwhile.</summary>
[Collection(Alone.Name)]
public sealed class TensorLifetimeTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Theory]
    [InlineData("none")]
    [InlineData("pitome/paper:0.8")]
    [InlineData("tome/released:0.8")]
    public void EncodeImages_OutputDisposed_LeavesNoTensorBehind(string merge)
    {
        var spec = MergeSpec.Parse(merge);
        long size = tiny.Model.Config.Vision.ImageSize;
        using var pixelValues = randn([2, 3, size, size]);
        var before = LiveTensors();
        tiny.Model.EncodeImages(pixelValues, spec, trace: true).Dispose();
        Assert.Equal(before, LiveTensors());
    }

    [Fact]
    public void Forward_ResultsDisposed_LeavesNoTensorBehind()
    {
        var before = LiveTensors();
        using (var cache = new KvCache(tiny.Model.Config.Text, numBlocks: 2, blockSize: 4, ScalarType.Float64, CPU))
        using (var ids = tensor(new long[] { 1, 5, 7 }))
        using (var embeddings = tiny.Model.Language.EmbedTokens(ids))
        using (var hidden = tiny.Model.Language.Forward(embeddings, new PagedSequences(cache, 1).Append((0, 3)), cache))
        {
            tiny.Model.Language.Logits(hidden).Dispose();
        }

        Assert.Equal(before, LiveTensors());
    }

    [Fact]
    public void Dispose_Model_FreesItsWeights()
    {
        var before = LiveTensors();
        using (new TinyModel())
        {
            Assert.True(LiveTensors() > before);
        }

        Assert.Equal(before, LiveTensors());
    }

    // Tensors that other tests forgot must not vanish between two counts.
    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Kernels.Default.LiveTensors;
    }
}
