using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>The halves of a pre-norm decoder layer, each added to the residual stream hidden [T, C] in place; made of
/// <see cref="IKernels"/> and equal to that, bit for bit. T tokens, C hidden size, H heads, K key-value heads, D head size.</summary>
public interface IDecoderKernels
{
    /// <summary>hidden += o(attention(rope(q(x)), rope(k(x)), v(x))) with x = rms_norm(hidden); k and v are written to the step's
    /// caches first.</summary>
    void AddAttention(Tensor hidden, in AttentionWeights weights, in DecoderStep step);

    /// <summary>hidden += down(silu(gate(x)) ⊙ up(x)) with x = rms_norm(hidden).</summary>
    void AddGatedMlp(Tensor hidden, in GatedMlpWeights weights);
}

/// <summary>Attention of a decoder layer.</summary>
/// <param name="Norm">[C], see <see cref="IKernels.RmsNorm"/>.</param>
/// <param name="Eps">Of the norm.</param>
/// <param name="Query">[H · D, C].</param>
/// <param name="Key">[K · D, C].</param>
/// <param name="Value">[K · D, C].</param>
/// <param name="Output">[C, H · D].</param>
/// <param name="HeadDim">D.</param>
/// <param name="Scale">Factor of the logits.</param>
public readonly record struct AttentionWeights(Tensor Norm, double Eps,
    LinearWeight Query, LinearWeight Key, LinearWeight Value, LinearWeight Output, long HeadDim, double Scale);

/// <summary>The gated MLP of a decoder layer, F inner features.</summary>
/// <param name="Norm">[C], see <see cref="IKernels.RmsNorm"/>.</param>
/// <param name="Eps">Of the norm.</param>
/// <param name="Gate">[F, C].</param>
/// <param name="Up">[F, C].</param>
/// <param name="Down">[C, F].</param>
public readonly record struct GatedMlpWeights(Tensor Norm, double Eps, LinearWeight Gate, LinearWeight Up, LinearWeight Down);

/// <summary>Where the rows of a step belong, and the caches of one layer; see <see cref="IKernels.PagedAttention"/>.</summary>
/// <param name="Cos">[T, D], see <see cref="IKernels.Rotary"/>.</param>
/// <param name="Sin">[T, D].</param>
/// <param name="KeyCache">[blocks, K, block size, D].</param>
/// <param name="ValueCache">As the keys'.</param>
/// <param name="Slots">int64 [T], see <see cref="IKernels.WriteCache"/>.</param>
/// <param name="BlockTables">int64 [B, M] on the CPU.</param>
/// <param name="QueryStart">int64 [B + 1] on the CPU.</param>
/// <param name="ContextLength">int64 [B] on the CPU.</param>
public readonly record struct DecoderStep(Tensor Cos, Tensor Sin, Tensor KeyCache, Tensor ValueCache,
    Tensor Slots, Tensor BlockTables, Tensor QueryStart, Tensor ContextLength);
