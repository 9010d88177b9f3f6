using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>
/// What TorchSharp lacks: tensors over mapped memory and the fused functions of the serving path. Results belong to
/// the caller's dispose scope. B batch, T query tokens, S cached length, H heads, K key-value heads, D head size.
/// </summary>
public interface IKernels : IMergeKernels, IDecoderKernels
{
    /// <summary>Read-only tensor over memory that <paramref name="owner"/> keeps; disposed when the last view is gone.</summary>
    /// <param name="data">First element; zero copy where its address is aligned to the element size.</param>
    /// <param name="shape">Sizes of the row-major elements.</param>
    /// <param name="dtype">Element type of the bytes.</param>
    /// <param name="owner">Keeps the memory alive; may be null for memory that lives for ever.</param>
    Tensor FromMemory(IntPtr data, long[] shape, ScalarType dtype, IDisposable? owner);

    /// <summary>x weightᵀ + bias for each matrix: [..., in], [out, in], [out] -> [..., out], in the dtype of x. On the CPU a float32 x
    /// also takes float16, bfloat16 and quantised weights, and a row's result depends neither on the other rows nor on the other
    /// matrices nor on the number of threads. x is prepared once for all.</summary>
    Tensor[] Linear(Tensor x, params ReadOnlySpan<LinearWeight> matrices);

    /// <summary>A weight [out, in] on the CPU, in a multiple of 32, to int8 values [out, in] and bfloat16 scales [out, in / 32]: value
    /// times scale is within scale / 2 of the weight, where scale is the largest of 32 magnitudes over 127, rounded up.</summary>
    (Tensor Values, Tensor Scales) Quantize(Tensor weight);

    /// <summary>
    /// softmax(scale q kᵀ + keyBias) v, not causal: [B, H, T, D], [B, H, S, D] -> [B, H, T, D];
    /// keyBias [B, S] is added to the logits of every query (ln of the token sizes).
    /// </summary>
    Tensor Attention(Tensor q, Tensor k, Tensor v, double scale, Tensor? keyBias);

    /// <summary>
    /// Means of the probabilities of <see cref="Attention"/>, which are not kept: what each key receives, over heads and queries [B, S],
    /// and what each query gives to the first key, over heads [B, T]; in float32 at least.
    /// </summary>
    (Tensor Received, Tensor GivenToFirst) AttentionMeans(Tensor q, Tensor k, double scale, Tensor? keyBias);

    /// <summary>Zeros for <see cref="WriteCache"/>; those of <see cref="NativeKernels"/> on a CPU take memory once they are written.</summary>
    Tensor NewCache(long[] shape, ScalarType dtype, Device device);

    /// <summary>
    /// Causal attention of ragged sequences over a block cache; prefill chunks and decode alike.
    /// Query j of sequence b sees the keys 0..contextLength[b] - queryLength[b] + j.
    /// </summary>
    /// <param name="q">[T, H, D], the sequences one after another.</param>
    /// <param name="keyCache">[blocks, K, block size, D], in q's dtype; for a float32 q on the CPU also float16.</param>
    /// <param name="valueCache">As <paramref name="keyCache"/>.</param>
    /// <param name="blockTables">int64 [B, M] on the CPU: the blocks of each sequence in order.</param>
    /// <param name="queryStart">int64 [B + 1] on the CPU: first row of each sequence in q.</param>
    /// <param name="contextLength">int64 [B] on the CPU: tokens in the cache, this step's included.</param>
    /// <param name="scale">Factor of the logits.</param>
    /// <returns>[T, H, D].</returns>
    Tensor PagedAttention(Tensor q, Tensor keyCache, Tensor valueCache, Tensor blockTables, Tensor queryStart,
        Tensor contextLength, double scale);

    /// <summary>Stores k and v [T, K, D], rounded to the caches' dtype, at slots int64 [T] (block * block size + offset), on the CPU or the cache's device.</summary>
    void WriteCache(Tensor keyCache, Tensor valueCache, Tensor k, Tensor v, Tensor slots);

    /// <summary>x / rms(x) computed in float32 (float64 for float64), cast back, then times weight.</summary>
    Tensor RmsNorm(Tensor x, Tensor weight, double eps);

    /// <summary>x sigmoid(1.702 x).</summary>
    Tensor QuickGelu(Tensor x);

    /// <summary>silu(gate) up.</summary>
    Tensor SiluMul(Tensor gate, Tensor up);

    /// <summary>Rotates x [T, heads, D] by cos and sin [T, D]; the two halves of D are the pairs.</summary>
    Tensor Rotary(Tensor x, Tensor cos, Tensor sin);

    /// <summary>Native tensors of this process that were made and not yet freed.</summary>
    long LiveTensors { get; }
}
