using System.Text.Json;

namespace Vlm.Core.Weights;

/// <summary>Top level of <c>config.json</c>, both layouts; null means absent.</summary>
internal sealed record ConfigFile
{
    public string[]? Architectures { get; init; }
    public string? ModelType { get; init; }
    public int? ImageTokenIndex { get; init; }
    public int? ImageTokenId { get; init; }
    public int? PadTokenId { get; init; }
    public string? ProjectorHiddenAct { get; init; }
    public bool? MultimodalProjectorBias { get; init; }
    public JsonElement? VisionFeatureLayer { get; init; }
    public string? VisionFeatureSelectStrategy { get; init; }
    public int? ImageSeqLength { get; init; }
    public bool? TieWordEmbeddings { get; init; }
    public string? TorchDtype { get; init; }
    public string? Dtype { get; init; }
    public int? VocabSize { get; init; }
    public string? ImageAspectRatio { get; init; }
    public TextFile? TextConfig { get; init; }
    public VisionFile? VisionConfig { get; init; }
    public string? MmVisionTower { get; init; }
    public string? MmProjectorType { get; init; }
    public string? MmVisionSelectFeature { get; init; }
    public JsonElement? MmVisionSelectLayer { get; init; }
    public int? MmHiddenSize { get; init; }
    public bool? MmUseImStartEnd { get; init; }
    public bool? MmUseImPatchToken { get; init; }
    public string? MmResamplerType { get; init; }
    public object? QuantizationConfig { get; init; }
}

/// <summary><c>quantization_config</c> as we write it, so that other loaders refuse what they cannot read; ours goes by the tensors.</summary>
internal sealed record QuantizationFile(string QuantMethod, int Bits, int GroupSize);

/// <summary><c>text_config</c>, or the text fields at top level of the original layout.</summary>
internal sealed record TextFile
{
    public string? ModelType { get; init; }
    public int? HiddenSize { get; init; }
    public int? IntermediateSize { get; init; }
    public int? NumHiddenLayers { get; init; }
    public int? NumAttentionHeads { get; init; }
    public int? NumKeyValueHeads { get; init; }
    public int? HeadDim { get; init; }
    public int? VocabSize { get; init; }
    public int? MaxPositionEmbeddings { get; init; }
    public double? RmsNormEps { get; init; }
    public double? RopeTheta { get; init; }
    public JsonElement? RopeScaling { get; init; }
    public RopeFile? RopeParameters { get; init; }
    public string? HiddenAct { get; init; }
    public bool? AttentionBias { get; init; }
    public bool? MlpBias { get; init; }
    public bool? TieWordEmbeddings { get; init; }
    public JsonElement? BosTokenId { get; init; }
    public JsonElement? EosTokenId { get; init; }
    public int? PadTokenId { get; init; }
    public string? TorchDtype { get; init; }
    public string? Dtype { get; init; }
}

/// <summary><c>rope_parameters</c> of files re-saved by transformers 5.</summary>
internal sealed record RopeFile
{
    public string? RopeType { get; init; }
    public double? RopeTheta { get; init; }
}

/// <summary><c>vision_config</c>, of LLaVA or of the separate CLIP checkpoint.</summary>
internal sealed record VisionFile
{
    public string? ModelType { get; init; }
    public int? HiddenSize { get; init; }
    public int? IntermediateSize { get; init; }
    public int? NumHiddenLayers { get; init; }
    public int? NumAttentionHeads { get; init; }
    public int? ImageSize { get; init; }
    public int? PatchSize { get; init; }
    public int? NumChannels { get; init; }
    public double? LayerNormEps { get; init; }
    public string? HiddenAct { get; init; }
}
