using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Binding;

public class TensorTests
{
    [Fact]
    public void Matmul_SmallMatrices_GivesProduct()
    {
        using var scope = NewDisposeScope();
        Tensor a = arange(6, dtype: float32).reshape(2, 3);
        Tensor b = a.mm(a.t()) + 1;
        Assert.Equal([6f, 15f, 15f, 51f], b.data<float>().ToArray());
    }

    [Fact]
    public void Brackets_PositionsSlicesAndMasks_ReadAndWrite()
    {
        using var scope = NewDisposeScope();
        Tensor a = arange(6, dtype: float32).reshape(2, 3);
        Assert.Equal(5f, a[1, 2].item<float>());
        Assert.Equal([3f, 4f, 5f], a[TensorIndex.Slice(1), TensorIndex.Ellipsis].data<float>().ToArray());
        a[.., 1] = tensor(new float[] { 7, 8 });
        Assert.Equal([0f, 7f, 2f, 3f, 8f, 5f], a.data<float>().ToArray());
        Assert.Equal([7f, 8f, 5f], a[a > 4].data<float>().ToArray());
    }

    [Fact]
    public void IndexPut_RepeatedPositions_Accumulates()
    {
        using var scope = NewDisposeScope();
        Tensor x = zeros(3);
        x.index_put_(ones(3), new[] { tensor(new long[] { 0, 2, 2 }) }, accumulate: true);
        Assert.Equal([1f, 0f, 2f], x.data<float>().ToArray());
    }

    [Fact]
    public void Sort_EqualKeysStable_KeepsOrder()
    {
        using var scope = NewDisposeScope();
        (Tensor values, Tensor order) = tensor(new float[] { 1, 0, 1, 0, 1 }).sort(descending: true, stable: true);
        Assert.Equal([1f, 1f, 1f, 0f, 0f], values.data<float>().ToArray());
        Assert.Equal([0L, 2L, 4L, 1L, 3L], order.data<long>().ToArray());
    }

    [Fact]
    public void Split_UnevenAndBySizes_CoversEverything()
    {
        using var scope = NewDisposeScope();
        Tensor x = arange(7);
        Assert.Equal([3L, 3L, 1L], x.split(3).Select(part => part.numel()));
        Assert.Equal([2L, 5L], x.split([2, 5], 0).Select(part => part.numel()));
        Assert.Equal([4L, 3L], x.chunk(2).Select(part => part.numel()));
        Assert.Equal(7, x.unbind().Length);
    }

    [Fact]
    public void Operators_ScalarOnTheLeft_KeepTheirOrder()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(new float[] { 1, 2, 4 });
        Assert.Equal([7f, 6f, 4f], (8 - x).data<float>().ToArray());
        Assert.Equal([8f, 4f, 2f], (8 / x).data<float>().ToArray());
        Assert.Equal([true, false, false], (2 > x).data<bool>().ToArray());
    }

    [Fact]
    public void Item_EveryElementType_ConvertsExactly()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(long.MaxValue, tensor(long.MaxValue).item<long>());
        Assert.Equal(0.1, tensor(0.1).item<double>());
        Assert.True(tensor(true).ToBoolean());
        Assert.Equal((Half)1.5f, tensor(new[] { (Half)1.5f }).item<Half>());
        Assert.Equal(3, tensor(3L).ToInt32());
    }

    [Fact]
    public void FromArray_TwoDimensions_KeepsShape()
    {
        using var scope = NewDisposeScope();
        Tensor x = from_array(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([2L, 3L], x.shape);
        Assert.Equal(6f, x[1, 2].item<float>());
    }

    [Fact]
    public void Arange_IntegersAndReals_PickTheElementType()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal(ScalarType.Float32, arange(0, 1, 0.5).dtype);
        Assert.Equal([0f, 0.5f], arange(0, 1, 0.5).data<float>().ToArray());
    }

    [Fact]
    public void ManualSeed_SameSeed_RepeatsTheNumbers()
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(7);
        Tensor first = randn(5, generator: generator);
        generator.manual_seed(7);
        Assert.Equal(first.data<float>().ToArray(), randn(5, generator: generator).data<float>().ToArray());
    }

    [Fact]
    public void ScaledDotProductAttention_Causal_FirstQuerySeesFirstKeyOnly()
    {
        using var scope = NewDisposeScope();
        Tensor v = randn(1, 2, 3, 4);
        Tensor y = nn.functional.scaled_dot_product_attention(randn(1, 2, 3, 4), randn(1, 2, 3, 4), v, is_casual: true);
        Assert.True(allclose(y[0, 1, 0], v[0, 1, 0]));
    }

    [Fact]
    public void Meta_LargeTensor_TakesNoMemory()
    {
        using var scope = NewDisposeScope();
        Tensor x = empty([1L << 40, 1L << 10], device: META);
        Assert.Equal([1L << 10, 1L << 40], x.t().shape);
    }
}
