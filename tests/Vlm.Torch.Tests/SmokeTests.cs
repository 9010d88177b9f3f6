using static TorchSharp.torch;

namespace Vlm.Torch.Tests;

public class SmokeTests
{
    [Fact]
    public void Matmul_SmallMatrices_GivesProduct()
    {
        using var scope = NewDisposeScope();
        Tensor a = arange(6, dtype: float32).reshape(2, 3);
        Tensor b = a.mm(a.t()) + 1;
        Assert.Equal([6f, 15f, 15f, 51f], b.data<float>().ToArray());
        Assert.Equal(15f, b[1, 0].item<float>());
        Assert.Equal([15f, 51f], b[TensorIndex.Slice(1), TensorIndex.Ellipsis].data<float>().ToArray());
        a[.., 1] = tensor(new float[] { 7, 8 });
        Assert.Equal([0f, 7f, 2f, 3f, 8f, 5f], a.data<float>().ToArray());
    }

    [Fact]
    public void NewDisposeScope_Disposed_FreesItsTensors()
    {
        long before = Kernels.Default.LiveTensors;
        using (NewDisposeScope())
        {
            Tensor kept = ones(3);
            using (NewDisposeScope())
            {
                kept = (kept * 2).exp().MoveToOuterDisposeScope();
            }

            Assert.False(kept.IsInvalid);
        }

        Assert.Equal(before, Kernels.Default.LiveTensors);
    }
}
