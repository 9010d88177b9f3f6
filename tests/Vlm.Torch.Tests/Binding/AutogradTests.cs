using TorchSharp;
using TorchSharp.Modules;
using Vlm.Torch.Native;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Binding;

public class AutogradTests
{
    // Central differences in ScalarType.Float64: error about h^2 + 1e-16 / h.
    private const double Step = 1e-5;
    private const double Tolerance = 1e-7;

    [Fact]
    public void Linear_Gradients_MatchDifferences() =>
        Check(p => nn.functional.linear(p[0], p[1], p[2]), [3, 4], [5, 4], [5]);

    [Fact]
    public void LayerNorm_Gradients_MatchDifferences() =>
        Check(p => nn.functional.layer_norm(p[0], [6], p[1], p[2]), [3, 6], [6], [6]);

    [Fact]
    public void AttentionKernel_Gradients_MatchDifferences() =>
        Check(p => Vlm.Torch.Kernels.Default.Attention(p[0], p[1], p[2], 0.7, p[3]), [1, 2, 3, 4], [1, 2, 5, 4], [1, 2, 5, 4], [1, 5]);

    [Fact]
    public void RmsNormKernel_Gradients_MatchDifferences() =>
        Check(p => Vlm.Torch.Kernels.Default.RmsNorm(p[0], p[1], 1e-5), [3, 6], [6]);

    [Fact]
    public void QuickGeluKernel_Gradients_MatchDifferences() =>
        Check(p => Vlm.Torch.Kernels.Default.QuickGelu(p[0]), [3, 6]);

    [Fact]
    public void SiluMulKernel_Gradients_MatchDifferences() =>
        Check(p => Vlm.Torch.Kernels.Default.SiluMul(p[0], p[1]), [3, 6], [3, 6]);

    [Fact]
    public void RotaryKernel_Gradients_MatchDifferences() =>
        Check(p => Vlm.Torch.Kernels.Default.Rotary(p[0], p[1].cos(), p[1].sin()), [3, 2, 4], [3, 4]);

    [Fact]
    public void Gelu_Gradients_MatchDifferences() => Check(p => nn.functional.gelu(p[0]), [3, 6]);

    [Fact]
    public void MaskedSoftmaxOverTwoParts_Gradients_MatchDifferences() =>
        Check(p => (cat([p[0], p[1] + full([3, 3], double.NegativeInfinity, ScalarType.Float64).triu(1)], -1).softmax(-1)).narrow(-1, 1, 4), [3, 4], [3, 3]);

    [Fact]
    public void RepeatedHeads_Gradients_MatchDifferences() =>
        Check(p => p[0].repeat_interleave(2, 1).transpose(1, 2).reshape(2, 3, -1), [2, 2, 3, 4]);

    [Fact]
    public void EmbeddingRows_Gradients_MatchDifferences() =>
        Check(p => p[0].index_select(0, tensor(new long[] { 2, 0, 2 })), [4, 3]);

    [Fact]
    public void CrossEntropy_Gradients_MatchDifferences() =>
        Check(p => nn.functional.cross_entropy(p[0], tensor(new long[] { 1, -100, 3 }), label_smoothing: 0.1), [3, 5]);

    [Fact]
    public void NoGrad_Inside_RecordsNothing()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones([2], requires_grad: true);
        using (no_grad())
        {
            Assert.Throws<TorchException>(() => (x * 2).sum().backward());
        }

        (x * 2).sum().backward();
        Assert.Equal([2f, 2f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void InferenceMode_Inside_RecordsNothing()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones([2], requires_grad: true);
        using (inference_mode())
        {
            Assert.Throws<TorchException>(() => (x * 2).sum().backward());
        }

        (x * 2).sum().backward();
        Assert.Equal([2f, 2f], x.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Backward_Twice_AddsUp()
    {
        using var scope = NewDisposeScope();
        using Parameter x = new(ones(3));
        (x * 2).sum().backward();
        (x * 3).sum().backward();
        Assert.Equal([5f, 5f, 5f], x.grad!.data<float>().ToArray());
        x.grad = null;
        Assert.Null(x.grad);
    }

    private static void Check(Func<Tensor[], Tensor> function, params long[][] shapes)
    {
        using var scope = NewDisposeScope();
        using Generator generator = new(11);
        Tensor[] inputs = [.. shapes.Select(shape => randn(shape, ScalarType.Float64, generator: generator).requires_grad_())];
        Tensor output = function(inputs);
        Tensor weights = randn(output.shape, ScalarType.Float64, generator: generator);
        (output * weights).sum().backward();
        using IDisposable mode = no_grad();
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor expected = Differences(inputs[i], () => (function(inputs) * weights).sum().ToDouble());
            Assert.True((inputs[i].grad! - expected).abs().max().ToDouble() < Tolerance, $"gradient of input {i}");
        }
    }

    private static Tensor Differences(Tensor x, Func<double> function)
    {
        Tensor result = zeros_like(x);
        Tensor flat = x.detach().view(-1);
        Tensor slopes = result.view(-1);
        for (long i = 0; i < flat.numel(); i++)
        {
            double before = flat[i].ToDouble();
            flat[i].fill_(before + Step);
            double above = function();
            flat[i].fill_(before - Step);
            double below = function();
            flat[i].fill_(before);
            slopes[i].fill_((above - below) / (2 * Step));
        }

        return result;
    }
}
