// LLaMA 2: Touvron et al. 2023, arXiv 2307.09288; grouped queries: Ainslie et al. 2023, arXiv 2305.13245.
// Reference: Hugging Face transformers, models/llama, 5.23 (numbers compared, see tests). Deviation: rows of several
// sequences lie end to end without padding, and keys and values live in blocks (PagedAttention: Kwon et al. 2023,
// arXiv 2309.06180).
using Vlm.Core.Engine;
using Vlm.Core.Weights;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Core.Models;

/// <summary>The language model: a pre-norm decoder over ragged rows, with a block KV cache.</summary>
public sealed class Llama : IDisposable
{
    private readonly Tensor _embedTokens; // [V, C]
    private readonly RotaryEmbedding _rotary;
    private readonly LlamaDecoderLayer[] _layers;
    private readonly RmsNorm _norm;
    private readonly Linear _lmHead;

    /// <param name="weights">Scope of <c>language_model</c>.</param>
    /// <param name="config">Sizes.</param>
    public Llama(WeightScope weights, TextConfig config)
    {
        var model = weights.Scope("model");
        _embedTokens = model.Scope("embed_tokens").GetMatrix("weight", config.VocabSize, config.HiddenSize);
        _norm = new RmsNorm(model.Scope("norm"), config.HiddenSize, config.RmsNormEps);
        _rotary = new RotaryEmbedding(config.HeadDim, config.RopeTheta, _norm.DType, _embedTokens.device);
        _layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new LlamaDecoderLayer(model.Scope("layers").At(i), config, i))];
        _lmHead = new Linear(weights.Scope("lm_head"), config.HiddenSize, config.VocabSize, hasBias: false);
    }

    /// <summary>Bytes of the weights that every step reads: all matrices but the embedding.</summary>
    public long WeightBytes => _layers.Sum(layer => layer.WeightBytes) + _lmHead.WeightBytes;

    /// <summary>Element type of those matrices in memory.</summary>
    public ScalarType WeightDType => _lmHead.WeightDType;

    /// <summary>Token ids, int64 [T] -> embeddings [T, C].</summary>
    public Tensor EmbedTokens(Tensor ids) => _embedTokens.index_select(0, ids).to(_norm.DType);

    /// <summary>Runs one step and appends its keys and values to the cache.</summary>
    /// <param name="embeddings">[T, C]: the rows of <paramref name="batch"/>; not changed.</param>
    /// <param name="batch">Which row belongs where.</param>
    /// <param name="cache">Keys and values of all earlier tokens.</param>
    /// <returns>Hidden states [T, C] after the last norm. The caller disposes them.</returns>
    /// <exception cref="ArgumentException">Rows and batch disagree, or the batch does not fit the cache.</exception>
    public Tensor Forward(Tensor embeddings, StepBatch batch, KvCache cache)
    {
        batch.Check(cache.NumBlocks, cache.BlockSize);
        if (embeddings.shape is not [var rows, _] || rows != batch.NumTokens)
        {
            throw new ArgumentException(
                $"Embeddings: expected [{batch.NumTokens}, C], found [{string.Join(", ", embeddings.shape)}].",
                nameof(embeddings));
        }

        using var scope = NewDisposeScope();
        var step = StepTensors.Create(batch, _rotary);
        var hiddenStates = embeddings.clone(); // the residual stream, updated in place
        foreach (var layer in _layers)
        {
            layer.Forward(hiddenStates, step, cache);
        }

        return _norm.Forward(hiddenStates).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden rows [R, C] -> logits [R, V] in float32, or float64 like the model.</summary>
    public Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        return _lmHead.Forward(hidden).to(Precision.AtLeastFloat32(hidden.dtype)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _embedTokens.Dispose();
        _rotary.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
        _norm.Dispose();
        _lmHead.Dispose();
    }
}

/// <summary>The integers of a step as tensors, made once for all layers.</summary>
internal sealed record StepTensors(
    Tensor Cos, Tensor Sin, Tensor Slots, Tensor BlockTables, Tensor QueryStart, Tensor ContextLength)
{
    /// <summary>cos and sin [T, D] on the model's device, the indices on the CPU.</summary>
    public static StepTensors Create(StepBatch batch, RotaryEmbedding rotary)
    {
        var (cos, sin) = rotary.Forward(batch.Positions);
        long[] blockTables = [.. batch.BlockTables.Cast<long>()];
        return new StepTensors(
            cos,
            sin,
            tensor(batch.Slots),
            tensor(blockTables, [batch.NumSequences, batch.BlockTables.GetLength(1)]),
            tensor(batch.QueryStart),
            tensor(batch.ContextLength));
    }

    /// <summary>With the caches of one layer.</summary>
    public DecoderStep For(Tensor keyCache, Tensor valueCache) =>
        new(Cos, Sin, keyCache, valueCache, Slots, BlockTables, QueryStart, ContextLength);
}

/// <summary>Attention and gated MLP, each behind a norm and added to the residual stream.</summary>
internal sealed class LlamaDecoderLayer(WeightScope weights, TextConfig config, int layerIndex) : IDisposable
{
    private readonly LlamaAttention _attention = new(weights, config);
    private readonly LlamaMlp _mlp = new(weights, config);

    public long WeightBytes => _attention.WeightBytes + _mlp.WeightBytes;

    /// <summary>hiddenStates [T, C], updated in place.</summary>
    public void Forward(Tensor hiddenStates, StepTensors step, KvCache cache)
    {
        Kernels.Default.AddAttention(hiddenStates, _attention.Weights, step.For(cache.Keys(layerIndex), cache.Values(layerIndex)));
        Kernels.Default.AddGatedMlp(hiddenStates, _mlp.Weights);
    }

    public void Dispose()
    {
        _attention.Dispose();
        _mlp.Dispose();
    }
}

/// <summary>Causal attention with rotary positions; H query heads share K key-value heads.</summary>
internal sealed class LlamaAttention(WeightScope weights, TextConfig config) : IDisposable
{
    private readonly RmsNorm _norm = new(weights.Scope("input_layernorm"), config.HiddenSize, config.RmsNormEps);
    private readonly Linear _q = Projection(weights.Scope("self_attn.q_proj"), config, config.NumAttentionHeads);
    private readonly Linear _k = Projection(weights.Scope("self_attn.k_proj"), config, config.NumKeyValueHeads);
    private readonly Linear _v = Projection(weights.Scope("self_attn.v_proj"), config, config.NumKeyValueHeads);
    private readonly Linear _o = new(
        weights.Scope("self_attn.o_proj"), (long)config.NumAttentionHeads * config.HeadDim, config.HiddenSize, hasBias: false);

    public long WeightBytes => _q.WeightBytes + _k.WeightBytes + _v.WeightBytes + _o.WeightBytes;

    public AttentionWeights Weights => new(_norm.Weight, _norm.Eps, _q.Matrix, _k.Matrix, _v.Matrix, _o.Matrix,
        config.HeadDim, Math.Pow(config.HeadDim, -0.5));

    public void Dispose()
    {
        _norm.Dispose();
        _q.Dispose();
        _k.Dispose();
        _v.Dispose();
        _o.Dispose();
    }

    private static Linear Projection(WeightScope weights, TextConfig config, int heads) =>
        new(weights, config.HiddenSize, (long)heads * config.HeadDim, hasBias: false);
}

/// <summary>down(silu(gate(x)) ⊙ up(x)).</summary>
internal sealed class LlamaMlp(WeightScope weights, TextConfig config) : IDisposable
{
    private readonly RmsNorm _norm = new(weights.Scope("post_attention_layernorm"), config.HiddenSize, config.RmsNormEps);
    private readonly Linear _gate = new(weights.Scope("mlp.gate_proj"), config.HiddenSize, config.IntermediateSize, hasBias: false);
    private readonly Linear _up = new(weights.Scope("mlp.up_proj"), config.HiddenSize, config.IntermediateSize, hasBias: false);
    private readonly Linear _down = new(weights.Scope("mlp.down_proj"), config.IntermediateSize, config.HiddenSize, hasBias: false);

    public long WeightBytes => _gate.WeightBytes + _up.WeightBytes + _down.WeightBytes;

    public GatedMlpWeights Weights => new(_norm.Weight, _norm.Eps, _gate.Matrix, _up.Matrix, _down.Matrix);

    public void Dispose()
    {
        _norm.Dispose();
        _gate.Dispose();
        _up.Dispose();
        _down.Dispose();
    }
}
