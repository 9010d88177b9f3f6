using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Binding;

public class TensorTests
{
    [Fact]
    public void Matmul_SmallMatrices_GivesProduct()
    {
        using var scope = NewDisposeScope();
        Tensor a = arange(6, dtype: ScalarType.Float32).reshape(2, 3);
        Tensor b = a.matmul(a.t()).add(1);
        Assert.Equal([6f, 15f, 15f, 51f], b.data<float>().ToArray());
    }

    [Fact]
    public void Select_AndSlices_AreViews()
    {
        using var scope = NewDisposeScope();
        Tensor a = arange(6, dtype: ScalarType.Float32).reshape(2, 3);
        a[1][2].fill_(9);
        a.slice(1, 0, 3, 2)[0].add_(10);
        Assert.Equal([10f, 1f, 12f, 3f, 4f, 9f], a.data<float>().ToArray());
    }

    [Fact]
    public void IndexAdd_RepeatedPositions_Accumulates()
    {
        using var scope = NewDisposeScope();
        Tensor x = zeros(3).index_add_(0, tensor(new long[] { 0, 2, 2 }), ones(3), 1);
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
    public void Split_BySizes_CoversEverything()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([2L, 5L], split(arange(7), [2, 5]).Select(part => part.numel()));
    }

    [Fact]
    public void Item_EveryElementType_ConvertsExactly()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(long.MaxValue, tensor(new[] { long.MaxValue }).item<long>());
        Assert.Equal(0.1, tensor(new[] { 0.1 }).item<double>());
        Assert.True(tensor(new[] { 0.1 }).eq(0.1).ToBoolean());
        Assert.Equal((Half)1.5f, tensor(new[] { 1.5 }).to(ScalarType.Float16).item<Half>());
        Assert.Equal(3, tensor(new[] { 3L }).item<int>());
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
    public void Generators_SameSeed_GiveTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        using Generator one = new(7);
        using Generator two = new(7);
        Assert.Equal(randn(5, generator: one).data<float>().ToArray(), randn(5, generator: two).data<float>().ToArray());
    }

    [Fact]
    public void Meta_LargeTensor_TakesNoMemory()
    {
        using var scope = NewDisposeScope();
        Tensor x = empty([1L << 40, 1L << 10], device: device("meta"));
        Assert.Equal([1L << 10, 1L << 40], x.t().shape);
    }
}
