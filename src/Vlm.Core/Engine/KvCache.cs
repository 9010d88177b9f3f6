// Blocks instead of one stretch per sequence: Kwon et al. 2023 (PagedAttention), arXiv 2309.06180.
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Keys and values of all cached tokens, allocated once; whose block is whose, the scheduler knows.</summary>
public sealed class KvCache : IDisposable
{
    private readonly Tensor[] _keys;
    private readonly Tensor[] _values;

    /// <summary>Allocates blocks of <paramref name="blockSize"/> tokens for every layer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A count below 1.</exception>
    public KvCache(TextConfig config, long numBlocks, int blockSize, ScalarType dtype, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numBlocks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        (NumBlocks, BlockSize) = (numBlocks, blockSize);

        // Zeros: a kernel may read the unused end of a block, and NaN times probability 0 is still NaN.
        long[] shape = [numBlocks, config.NumKeyValueHeads, blockSize, config.HeadDim];
        Tensor Allocate() => Kernels.Default.NewCache(shape, dtype, device).DetachFromDisposeScope();
        _keys = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => Allocate())];
        _values = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => Allocate())];
    }

    /// <summary>Number of blocks.</summary>
    public long NumBlocks { get; }

    /// <summary>Tokens per block.</summary>
    public int BlockSize { get; }

    /// <summary>Bytes that one block takes over all layers, keys and values together.</summary>
    public static long BytesPerBlock(TextConfig config, int blockSize, ScalarType dtype) =>
        2L * config.NumHiddenLayers * blockSize * config.NumKeyValueHeads * config.HeadDim * ElementSize(dtype);

    /// <summary>[numBlocks, K, blockSize, D] of a layer; the cache keeps it.</summary>
    public Tensor Keys(int layer) => _keys[layer];

    /// <summary>[numBlocks, K, blockSize, D] of a layer; the cache keeps it.</summary>
    public Tensor Values(int layer) => _values[layer];

    public void Dispose()
    {
        foreach (var block in _keys.Concat(_values))
        {
            block.Dispose();
        }
    }

    private static long ElementSize(ScalarType dtype) => dtype.ToTensorDType() is var type && type.IsWeight()
        ? type.Bits() / 8
        : throw new ArgumentException(
            $"KV cache: expected float64, float32, float16 or bfloat16, found {dtype}.", nameof(dtype));
}
