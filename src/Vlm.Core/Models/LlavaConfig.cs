using Vlm.Core.Weights;
using Vlm.Merge;

namespace Vlm.Core.Models;

/// <summary>Which release a checkpoint follows where the two behave differently: template and picture geometry
/// (llava.md, table on top).</summary>
public enum CheckpointFamily
{
    /// <summary><c>llava-hf/...</c>: template <c>hf</c>, centre crop.</summary>
    HuggingFace,

    /// <summary><c>liuhaotian/...</c>: template <c>vicuna_v1</c>, pad to square.</summary>
    Original,
}

/// <summary>A LLaVA-1.5 model, read from <c>config.json</c> of either layout; every value is supported and every
/// default applied.</summary>
public sealed record LlavaConfig
{
    /// <summary>As in the file: <c>llava</c> or <c>llava_llama</c>.</summary>
    public string ModelType { get; init; } = "llava";

    /// <summary>Decides what <c>auto</c> means for template and geometry.</summary>
    public CheckpointFamily Family { get; init; }

    public required VisionConfig Vision { get; init; }

    public required TextConfig Text { get; init; }

    /// <summary>Id that stands for a picture in a prompt, 32000 for released checkpoints; not a row of the original's
    /// matrices.</summary>
    public required int ImageTokenId { get; init; }

    public required int PadTokenId { get; init; }

    /// <summary>Tower layers whose output counts: 23 of 24 for select layer -2. Later layers are never
    /// evaluated.</summary>
    public required int FeatureLayer { get; init; }

    /// <summary>True for select strategy <c>full</c> / <c>cls_patch</c>: the class token goes to the language model,
    /// too.</summary>
    public bool KeepClassToken { get; init; }

    /// <summary>Biases of the projector's two layers.</summary>
    public bool ProjectorBias { get; init; } = true;

    /// <summary>True when <c>image_aspect_ratio</c> asks for padding to a square.</summary>
    public bool PadToSquare { get; init; }

    /// <summary>Type that the file announces (<c>torch_dtype</c>); tensors may differ. Null when the file is
    /// silent.</summary>
    public TensorDType? DType { get; init; }

    /// <summary>Vectors per picture without merging: 576, or 577 with the class token.</summary>
    public int NumImageTokens => Vision.NumPatches + (KeepClassToken ? 1 : 0);

    /// <summary>The vision tower as the merging schedule sees it.</summary>
    public MergeShape MergeShape => new(
        Vision.NumPatches, Vision.NumHiddenLayers, FeatureLayer, Vision.NumAttentionHeads, KeepClassToken);

    /// <summary>Bytes that one token holds in the KV cache, e.g. 524,288 for 7B in 16 bits.</summary>
    /// <param name="bytesPerElement">2 for half precision, 4 for single, 8 for double.</param>
    public long KvBytesPerToken(int bytesPerElement) =>
        2L * Text.NumHiddenLayers * Text.NumKeyValueHeads * Text.HeadDim * bytesPerElement;
}
