using TorchSharp;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>One CLIP block of random weights by the kernels that the tower uses: the measure of what merging may cost.</summary>
internal sealed class TowerBlock : IDisposable
{
    private const long Width = 1024, Inner = 4096, Heads = 16;

    private readonly Tensor _x;
    private readonly Tensor _square = randn(Width, Width);
    private readonly Tensor _up = randn(Inner, Width);
    private readonly Tensor _down = randn(Width, Inner);
    private readonly Tensor _bias = randn(Width);
    private readonly Tensor _innerBias = randn(Inner);

    /// <param name="tokens">T.</param>
    /// <param name="batch">B.</param>
    public TowerBlock(long tokens, long batch) => _x = randn(batch, tokens, Width);

    /// <summary>Norm, attention, norm, MLP, both residuals.</summary>
    public void Forward()
    {
        using DisposeScope scope = NewDisposeScope();
        IKernels kernels = Kernels.Default;
        Tensor normed = nn.functional.layer_norm(_x, [Width]);
        Tensor attended = kernels.Attention(Split(normed), Split(normed), Split(normed), 0.125, null);
        Tensor x = _x + Project(attended.transpose(1, 2).reshape(_x.shape));
        Tensor hidden = kernels.QuickGelu(kernels.Linear(nn.functional.layer_norm(x, [Width]), _up, _innerBias));
        _ = x + kernels.Linear(hidden, _down, _bias);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in new[] { _x, _square, _up, _down, _bias, _innerBias })
        {
            tensor.Dispose();
        }
    }

    private Tensor Project(Tensor x) => Kernels.Default.Linear(x, _square, _bias);

    // Each of query, key and value is a product of its own.
    private Tensor Split(Tensor x) => Project(x).view(x.shape[0], x.shape[1], Heads, Width / Heads).transpose(1, 2);
}
