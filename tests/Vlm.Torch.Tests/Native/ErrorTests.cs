using Vlm.Torch.Native;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Native;

public class ErrorTests
{
    [Fact]
    public void Matmul_ShapesDiffer_ThrowsWithBothShapes()
    {
        using var scope = NewDisposeScope();
        TorchException error = Assert.Throws<TorchException>(() => ones(2, 3).matmul(ones(4, 5)));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("frame #", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_KeysOfAnotherHeadCount_ThrowsWithAllShapes()
    {
        using var scope = NewDisposeScope();
        TorchException error = Assert.Throws<TorchException>(() =>
            Vlm.Torch.Kernels.Default.Attention(ones([1, 2, 3, 4]), ones([1, 1, 3, 4]), ones([1, 1, 3, 4]), 1, null));
        Assert.Contains("expected q [B, H, T, D] and k, v [B, H, S, D], found [1, 2, 3, 4], [1, 1, 3, 4], [1, 1, 3, 4]",
            error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PagedAttention_BlockOutsideTheCache_ThrowsWithItsPlace()
    {
        using var scope = NewDisposeScope();
        Tensor cache = zeros([2, 1, 4, 8]);
        TorchException error = Assert.Throws<TorchException>(() => Vlm.Torch.Kernels.Default.PagedAttention(
            ones([1, 1, 8]), cache, cache, tensor(new long[] { 1, 7 }).view(1, 2), tensor(new long[] { 0, 1 }),
            tensor(new long[] { 5 }), 1));
        Assert.Contains("sequence 0, block 1: expected an id below 2, found 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteCache_SlotOutsideTheCache_ThrowsWithItsPlace()
    {
        using var scope = NewDisposeScope();
        Tensor cache = zeros([2, 1, 4, 8]);
        TorchException error = Assert.Throws<TorchException>(() => Vlm.Torch.Kernels.Default.WriteCache(
            cache, cache.clone(), ones([1, 1, 8]), ones([1, 1, 8]), tensor(new long[] { 8 })));
        Assert.Contains("slot 0: expected 0 to 7, found 8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensor_Disposed_RefusesUse()
    {
        Tensor x = ones(2);
        x.Dispose();
        Assert.Throws<ObjectDisposedException>(() => x.sqrt());
    }

    [Fact]
    public void Tensor_ElementsAndShapeDiffer_Throws()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => tensor(new float[] { 1, 2, 3 }, [2, 2]));
        Assert.Equal("tensor: expected 4 elements for the given shape, found 3.", error.Message);
    }

    [Fact]
    public void Device_UnknownName_Throws()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => device("gpu"));
        Assert.Equal("Device: expected cpu, cuda, cuda:N or meta, found 'gpu'.", error.Message);
    }
}
