// CLIP ViT: Radford et al. 2021, arXiv 2103.00020; ViT: Dosovitskiy et al. 2020, arXiv 2010.11929.
// Reference: Hugging Face transformers, models/clip, 5.23 (see the golden tests). Deviations: token merging inside
// and after each block (PiToMe: Tran et al. 2024, arXiv 2405.16148); layers behind the feature layer and the last
// LayerNorm are left out, because LLaVA never uses them.
using Vlm.Core.Weights;
using Vlm.Merge;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Core.Models;

/// <summary>The vision tower: pixels to the features of one layer, by fewer and fewer tokens when merging.</summary>
public sealed class ClipVision : IDisposable
{
    private readonly ClipEmbeddings _embeddings;
    private readonly LayerNorm _preLayerNorm;
    private readonly ClipEncoderLayer[] _layers;
    private readonly bool _keepClassToken;

    /// <param name="weights">Scope of <c>vision_model</c>.</param>
    /// <param name="config">Sizes.</param>
    /// <param name="featureLayer">Number of layers to evaluate.</param>
    /// <param name="keepClassToken">Whether the class token is a feature (<c>full</c>) or dropped at the end.</param>
    public ClipVision(WeightScope weights, VisionConfig config, int featureLayer, bool keepClassToken)
    {
        var layers = weights.Scope("encoder").Scope("layers");
        _embeddings = new ClipEmbeddings(weights.Scope("embeddings"), config);
        _preLayerNorm = new LayerNorm(weights.Scope("pre_layrnorm"), config.HiddenSize, config.LayerNormEps); // sic
        _layers = [.. Enumerable.Range(0, featureLayer).Select(i => new ClipEncoderLayer(layers.At(i), config, i))];
        _keepClassToken = keepClassToken;
    }

    /// <summary>Pixels [B, 3, S, S] in the tower's dtype -> features [B, N, Cv], class token first if kept.</summary>
    /// <exception cref="NotFiniteNumberException">Tokens to merge held NaN or infinity.</exception>
    public Tensor Forward(Tensor pixelValues, TokenMerging merging)
    {
        using var scope = NewDisposeScope();
        var hiddenStates = _preLayerNorm.Forward(_embeddings.Forward(pixelValues)); // [B, T, C]
        foreach (var layer in _layers)
        {
            using var input = hiddenStates; // free it as soon as the layer has its output
            hiddenStates = layer.Forward(input, merging);
        }

        hiddenStates = merging.Finish(hiddenStates);
        var features = _keepClassToken ? hiddenStates : hiddenStates.narrow(1, 1, hiddenStates.shape[1] - 1);
        return features.contiguous().MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _embeddings.Dispose();
        _preLayerNorm.Dispose();
        Array.ForEach(_layers, layer => layer.Dispose());
    }
}

/// <summary>Patches, class token and positions.</summary>
internal sealed class ClipEmbeddings : IDisposable
{
    private readonly VisionConfig _config;
    private readonly Tensor _classEmbedding; // [C]
    private readonly Tensor _patchEmbedding; // [C, 3, P, P]
    private readonly Tensor _positionEmbedding; // [1 + N, C]

    public ClipEmbeddings(WeightScope weights, VisionConfig config)
    {
        long hidden = config.HiddenSize, patch = config.PatchSize, grid = config.ImageSize / config.PatchSize;
        _config = config;
        _classEmbedding = weights.Get("class_embedding", hidden);
        _patchEmbedding = weights.Scope("patch_embedding").GetMatrix("weight", hidden, config.NumChannels, patch, patch);
        _positionEmbedding = weights.Scope("position_embedding").Get("weight", 1 + (grid * grid), hidden);
    }

    public Tensor Forward(Tensor pixelValues)
    {
        using var scope = NewDisposeScope();
        long batch = pixelValues.shape[0], patch = _config.PatchSize, grid = _config.ImageSize / patch;

        // A convolution whose stride is its width is one matrix product over the patches, row by row from the top left.
        var patches = pixelValues
            .reshape(batch, _config.NumChannels, grid, patch, grid, patch)
            .permute(0, 2, 4, 1, 3, 5)
            .reshape(batch, grid * grid, _config.NumChannels * patch * patch); // [B, 3, S, S] -> [B, N, 3 P P]
        var patchTokens = Kernels.Default.Linear(patches, _patchEmbedding.reshape(_config.HiddenSize, -1), null);
        var classToken = _classEmbedding.expand(batch, 1, _config.HiddenSize);
        return (cat([classToken, patchTokens], 1) + _positionEmbedding).MoveToOuterDisposeScope(); // [B, 1 + N, C]
    }

    public void Dispose()
    {
        _classEmbedding.Dispose();
        _patchEmbedding.Dispose();
        _positionEmbedding.Dispose();
    }
}

/// <summary>Pre-norm block; tokens merge between attention and MLP, or after the block, as the method wants.</summary>
internal sealed class ClipEncoderLayer(WeightScope weights, VisionConfig config, int layerIndex) : IDisposable
{
    private readonly LayerNorm _layerNorm1 = new(weights.Scope("layer_norm1"), config.HiddenSize, config.LayerNormEps);
    private readonly ClipAttention _attention = new(weights.Scope("self_attn"), config);
    private readonly LayerNorm _layerNorm2 = new(weights.Scope("layer_norm2"), config.HiddenSize, config.LayerNormEps);
    private readonly ClipMlp _mlp = new(weights.Scope("mlp"), config);

    /// <summary>[B, T, C] -> [B, T', C].</summary>
    public Tensor Forward(Tensor hiddenStates, TokenMerging merging)
    {
        using var scope = NewDisposeScope();
        Tensor? attention = null;
        if (merging.MergesUnderMap(layerIndex))
        {
            hiddenStates = AttendMerged(hiddenStates, merging);
        }
        else
        {
            (var attended, var keys, attention) = _attention.Forward(
                _layerNorm1.Forward(hiddenStates), merging.KeyBias, merging.NeedsAttention(layerIndex));
            hiddenStates = hiddenStates + attended;
            hiddenStates = merging.MergeInsideBlock(
                layerIndex, hiddenStates, merging.NeedsKeys(layerIndex) ? keys : null, attention);
        }

        hiddenStates = hiddenStates + _mlp.Forward(_layerNorm2.Forward(hiddenStates));
        return merging.MergeAfterBlock(layerIndex, hiddenStates, attention).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _layerNorm1.Dispose();
        _attention.Dispose();
        _layerNorm2.Dispose();
        _mlp.Dispose();
    }

    // Tokens merge between the attention map and its use on the values.
    private Tensor AttendMerged(Tensor hiddenStates, TokenMerging merging)
    {
        using var keyBias = merging.KeyBias?.detach(); // merging replaces its own
        var (q, k) = _attention.Look(_layerNorm1.Forward(hiddenStates));
        var needed = _attention.Read(q, k, keyBias, merging.NeedsAttention(layerIndex))!;
        (hiddenStates, var merged) = merging.MergeUnderMap(layerIndex, hiddenStates, needed);
        return hiddenStates + _attention.Apply(q, k, keyBias, _layerNorm1.Forward(hiddenStates), merged);
    }
}

/// <summary>Full self-attention; a token of size s counts as s keys when the merger gives ln s as key bias.</summary>
internal sealed class ClipAttention(WeightScope weights, VisionConfig config) : IDisposable
{
    private readonly Linear _q = new(weights.Scope("q_proj"), config.HiddenSize, config.HiddenSize, hasBias: true);
    private readonly Linear _k = new(weights.Scope("k_proj"), config.HiddenSize, config.HiddenSize, hasBias: true);
    private readonly Linear _v = new(weights.Scope("v_proj"), config.HiddenSize, config.HiddenSize, hasBias: true);
    private readonly Linear _out = new(weights.Scope("out_proj"), config.HiddenSize, config.HiddenSize, hasBias: true);
    private readonly double _scale = Math.Pow(config.HeadDim, -0.5);

    /// <summary>x [B, T, C], keyBias [B, T] -> output [B, T, C], keys [B, H, T, D] and what is needed of the map, [B, T] or
    /// null.</summary>
    public (Tensor Output, Tensor Keys, Tensor? Attention) Forward(Tensor x, Tensor? keyBias, AttentionNeed need)
    {
        var parts = Linear.Forward(x, _q, _k, _v);
        Tensor q = SplitHeads(parts[0]), k = SplitHeads(parts[1]), v = SplitHeads(parts[2]);
        var attended = Kernels.Default.Attention(q, k, v, _scale, keyBias); // [B, H, T, D]
        return (_out.Forward(JoinHeads(attended)), k, Read(q, k, keyBias, need));
    }

    /// <summary>Queries and keys, which make the map: x [B, T, C] -> [B, H, T, D] each.</summary>
    public (Tensor Queries, Tensor Keys) Look(Tensor x)
    {
        var parts = Linear.Forward(x, _q, _k);
        return (SplitHeads(parts[0]), SplitHeads(parts[1]));
    }

    /// <summary>What a method reads of the map, which is not kept: [B, T], in float32 at least, or null.</summary>
    public Tensor? Read(Tensor q, Tensor k, Tensor? keyBias, AttentionNeed need) => need switch
    {
        AttentionNeed.ClassRow => ClassRow(q, k, keyBias),
        AttentionNeed.ClassColumn => Kernels.Default.AttentionMeans(q, k, _scale, keyBias).GivenToFirst,
        AttentionNeed.KeyMeans => Kernels.Default.AttentionMeans(q, k, _scale, keyBias).Received,
        _ => null,
    };

    /// <summary>The map of q and k on the values of what merged under it, x [B, T', C] -> [B, T', C].</summary>
    public Tensor Apply(Tensor q, Tensor k, Tensor? keyBias, Tensor x, MergedMap merged)
    {
        var v = SplitHeads(merged.Spread(_v.Forward(x))); // [B, H, T, D]
        return _out.Forward(merged.Gather(JoinHeads(Kernels.Default.Attention(q, k, v, _scale, keyBias))));
    }

    public void Dispose()
    {
        _q.Dispose();
        _k.Dispose();
        _v.Dispose();
        _out.Dispose();
    }

    // Mean over heads of the first row of the map: the means that one query gives are what it gives.
    private Tensor ClassRow(Tensor q, Tensor k, Tensor? keyBias) =>
        Kernels.Default.AttentionMeans(q.narrow(2, 0, 1), k, _scale, keyBias).Received;

    // [B, T, C] -> [B, H, T, D]
    private Tensor SplitHeads(Tensor x) =>
        x.view(x.shape[0], x.shape[1], config.NumAttentionHeads, config.HeadDim).transpose(1, 2);

    // [B, H, T, D] -> [B, T, C]
    private static Tensor JoinHeads(Tensor heads) => heads.transpose(1, 2).flatten(2);
}

/// <summary>Two linear layers with t · sigmoid(1.702 t) between.</summary>
internal sealed class ClipMlp(WeightScope weights, VisionConfig config) : IDisposable
{
    private readonly Linear _fc1 = new(weights.Scope("fc1"), config.HiddenSize, config.IntermediateSize, hasBias: true);
    private readonly Linear _fc2 = new(weights.Scope("fc2"), config.IntermediateSize, config.HiddenSize, hasBias: true);

    public Tensor Forward(Tensor x) => _fc2.Forward(Kernels.Default.QuickGelu(_fc1.Forward(x)));

    public void Dispose()
    {
        _fc1.Dispose();
        _fc2.Dispose();
    }
}
