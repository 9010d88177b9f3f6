using Vlm.Core.Engine;
using Vlm.Core.Tests.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Engine;

public sealed class KvCacheTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void BytesPerBlock_AllocatedCache_IsWhatOneBlockTakes(ScalarType dtype)
    {
        var config = tiny.Model.Config.Text;
        using var cache = new KvCache(config, numBlocks: 3, blockSize: 4, dtype, CPU);
        var bytes = Enumerable.Range(0, config.NumHiddenLayers)
            .SelectMany(i => new[] { cache.Keys(i), cache.Values(i) })
            .Sum(t => t.numel() * t.element_size());
        Assert.Equal(bytes, 3 * KvCache.BytesPerBlock(config, blockSize: 4, dtype));
    }

    [Fact]
    public void Keys_NewCache_AreZeroAndShaped()
    {
        var config = tiny.Model.Config.Text;
        using var cache = new KvCache(config, numBlocks: 3, blockSize: 4, ScalarType.Float32, CPU);
        Assert.Equal([3, config.NumKeyValueHeads, 4, config.HeadDim], cache.Keys(0).shape);
        using var sum = cache.Values(config.NumHiddenLayers - 1).square().sum();
        Assert.Equal(0, sum.item<float>());
    }

    [Fact]
    public void BytesPerBlock_Integers_AreRefused()
    {
        var config = tiny.Model.Config.Text;
        var error = Assert.Throws<ArgumentException>(() => KvCache.BytesPerBlock(config, 4, ScalarType.Int8));
        Assert.StartsWith(
            "KV cache: expected float64, float32, float16 or bfloat16, found Int8.",
            error.Message,
            StringComparison.Ordinal);
    }
}
