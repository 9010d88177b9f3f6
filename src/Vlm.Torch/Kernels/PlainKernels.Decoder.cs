using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>Halves of a decoder layer by the other kernels.</summary>
public sealed partial class PlainKernels
{
    public void AddAttention(Tensor hidden, in AttentionWeights weights, in DecoderStep step)
    {
        using DisposeScope scope = NewDisposeScope();
        long dim = weights.HeadDim;
        Tensor[] parts = Linear(RmsNorm(hidden, weights.Norm, weights.Eps), weights.Query, weights.Key, weights.Value);
        Tensor q = Rotary(SplitHeads(parts[0], dim), step.Cos, step.Sin); // [T, H, D]
        Tensor k = Rotary(SplitHeads(parts[1], dim), step.Cos, step.Sin); // [T, K, D]
        WriteCache(step.KeyCache, step.ValueCache, k, SplitHeads(parts[2], dim), step.Slots);
        Tensor attended = PagedAttention(
            q, step.KeyCache, step.ValueCache, step.BlockTables, step.QueryStart, step.ContextLength, weights.Scale);
        hidden.add_(Linear(attended.flatten(1), weights.Output)[0]);
    }

    public void AddGatedMlp(Tensor hidden, in GatedMlpWeights weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = Linear(RmsNorm(hidden, weights.Norm, weights.Eps), weights.Gate, weights.Up);
        hidden.add_(Linear(SiluMul(parts[0], parts[1]), weights.Down)[0]);
    }

    // [T, heads · D] -> [T, heads, D]
    private static Tensor SplitHeads(Tensor x, long dim) => x.view(x.size(0), -1, dim);
}
