using Vlm.Core.Models;
using Vlm.Torch;

namespace Vlm.Core.Weights;

/// <summary>Part of the model that a parameter belongs to.</summary>
public enum ModelPart
{
    Vision,
    Projector,
    Language,
}

/// <summary>One parameter of the model.</summary>
/// <param name="Name">Hub name (llava.md 10.2).</param>
/// <param name="Shape">Linear weights are [out, in].</param>
/// <param name="Part">Where it belongs.</param>
/// <param name="IsUsed">False for the tower's layers behind the feature layer and for <c>post_layernorm</c>: files hold
/// them, LLaVA never evaluates them.</param>
public sealed record ModelParameter(string Name, long[] Shape, ModelPart Part, bool IsUsed = true)
{
    /// <summary>Number of elements.</summary>
    public long Count => TensorShape.Count(Shape);

    /// <summary>Whether it may be int8 with <see cref="Scales"/>: a matrix of the language model, but for the embedding.</summary>
    public bool CanBeInt8 => Part == ModelPart.Language && Shape is [_, var inputs] && inputs % LinearWeight.GroupSize == 0 && !Name.EndsWith("embed_tokens.weight", StringComparison.Ordinal);

    /// <summary>bfloat16 [out, in / 32] beside an int8 matrix: a weight is value times scale.</summary>
    public ModelParameter Scales => this with { Name = Name + "_scale", Shape = [Shape[0], Shape[1] / LinearWeight.GroupSize], IsScale = true };

    /// <summary>Whether these are the scales of another parameter.</summary>
    public bool IsScale { get; private init; }

    /// <summary>Element types that files may hold it in.</summary>
    public IReadOnlyList<TensorDType> DTypes => this switch
    {
        { IsScale: true } => [TensorDType.BF16],
        { CanBeInt8: true } => [TensorDType.F16, TensorDType.BF16, TensorDType.F32, TensorDType.F64, TensorDType.I8],
        _ => [TensorDType.F16, TensorDType.BF16, TensorDType.F32, TensorDType.F64],
    };
}

/// <summary>Names and shapes of all parameters, from the configuration alone.</summary>
public static class ModelParameters
{
    private const string Tower = "vision_tower.vision_model";
    private const string Projector = "multi_modal_projector";
    private const string Decoder = "language_model.model";

    /// <summary>Every parameter in the order of evaluation.</summary>
    public static IReadOnlyList<ModelParameter> List(LlavaConfig config) =>
        [.. VisionTower(config), .. ProjectorLayers(config), .. Language(config.Text)];

    /// <summary>Number of values per part.</summary>
    public static long Count(LlavaConfig config, ModelPart part, bool onlyUsed = false) =>
        List(config).Where(p => p.Part == part && (p.IsUsed || !onlyUsed)).Sum(p => p.Count);

    /// <summary>Number of values of the whole model.</summary>
    public static long Count(LlavaConfig config) => List(config).Sum(p => p.Count);

    private static IEnumerable<ModelParameter> VisionTower(LlavaConfig config)
    {
        VisionConfig vision = config.Vision;
        long hidden = vision.HiddenSize;
        yield return New($"{Tower}.embeddings.class_embedding", hidden);
        long patch = vision.PatchSize;
        yield return New($"{Tower}.embeddings.patch_embedding.weight", hidden, vision.NumChannels, patch, patch);
        yield return New($"{Tower}.embeddings.position_embedding.weight", vision.NumPatches + 1, hidden);
        foreach (var parameter in Affine($"{Tower}.pre_layrnorm", hidden))
        {
            yield return parameter;
        }

        for (int layer = 0; layer < vision.NumHiddenLayers; layer++)
        {
            foreach (var parameter in VisionLayer($"{Tower}.encoder.layers.{layer}", vision))
            {
                yield return parameter with { IsUsed = layer < config.FeatureLayer };
            }
        }

        foreach (var parameter in Affine($"{Tower}.post_layernorm", hidden))
        {
            yield return parameter with { IsUsed = false };
        }

        static ModelParameter New(string name, params long[] shape) => new(name, shape, ModelPart.Vision);
    }

    private static IEnumerable<ModelParameter> VisionLayer(string path, VisionConfig vision)
    {
        long hidden = vision.HiddenSize;
        long inner = vision.IntermediateSize;
        return
        [
            .. Affine($"{path}.self_attn.q_proj", hidden, hidden),
            .. Affine($"{path}.self_attn.k_proj", hidden, hidden),
            .. Affine($"{path}.self_attn.v_proj", hidden, hidden),
            .. Affine($"{path}.self_attn.out_proj", hidden, hidden),
            .. Affine($"{path}.layer_norm1", hidden),
            .. Affine($"{path}.mlp.fc1", inner, hidden),
            .. Affine($"{path}.mlp.fc2", hidden, inner),
            .. Affine($"{path}.layer_norm2", hidden),
        ];
    }

    private static IEnumerable<ModelParameter> Affine(string path, params long[] weight) =>
    [
        new($"{path}.weight", weight, ModelPart.Vision),
        new($"{path}.bias", [weight[0]], ModelPart.Vision),
    ];

    private static IEnumerable<ModelParameter> ProjectorLayers(LlavaConfig config)
    {
        long[] inputs = [config.Vision.HiddenSize, config.Text.HiddenSize];
        for (int i = 0; i < inputs.Length; i++)
        {
            string path = $"{Projector}.linear_{i + 1}";
            yield return new($"{path}.weight", [config.Text.HiddenSize, inputs[i]], ModelPart.Projector);
            if (config.ProjectorBias)
            {
                yield return new($"{path}.bias", [config.Text.HiddenSize], ModelPart.Projector);
            }
        }
    }

    private static IEnumerable<ModelParameter> Language(TextConfig text)
    {
        long hidden = text.HiddenSize;
        return
        [
            New($"{Decoder}.embed_tokens.weight", text.VocabSize, hidden),
            .. Enumerable.Range(0, text.NumHiddenLayers).SelectMany(i => DecoderLayer($"{Decoder}.layers.{i}", text)),
            New($"{Decoder}.norm.weight", hidden),
            New("language_model.lm_head.weight", text.VocabSize, hidden),
        ];
    }

    private static IEnumerable<ModelParameter> DecoderLayer(string path, TextConfig text)
    {
        long hidden = text.HiddenSize;
        long inner = text.IntermediateSize;
        long queries = (long)text.NumAttentionHeads * text.HeadDim;
        long keys = (long)text.NumKeyValueHeads * text.HeadDim;
        return
        [
            New($"{path}.self_attn.q_proj.weight", queries, hidden),
            New($"{path}.self_attn.k_proj.weight", keys, hidden),
            New($"{path}.self_attn.v_proj.weight", keys, hidden),
            New($"{path}.self_attn.o_proj.weight", hidden, queries),
            New($"{path}.mlp.gate_proj.weight", inner, hidden),
            New($"{path}.mlp.up_proj.weight", inner, hidden),
            New($"{path}.mlp.down_proj.weight", hidden, inner),
            New($"{path}.input_layernorm.weight", hidden),
            New($"{path}.post_attention_layernorm.weight", hidden),
        ];
    }

    private static ModelParameter New(string name, params long[] shape) => new(name, shape, ModelPart.Language);
}
