namespace Vlm.Core.Models;

/// <summary>CLIP vision tower, the field names of <c>vision_config</c> (llava.md 1 and 10.1).</summary>
public sealed record VisionConfig
{
    /// <summary>CLIP ViT-L/14 at 336 px, the tower of every released LLaVA-1.5.</summary>
    public static readonly VisionConfig ClipLarge336 = new()
    {
        HiddenSize = 1024,
        IntermediateSize = 4096,
        NumHiddenLayers = 24,
        NumAttentionHeads = 16,
        ImageSize = 336,
        PatchSize = 14,
    };

    public required int HiddenSize { get; init; }

    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    public required int NumAttentionHeads { get; init; }

    /// <summary>Side of the square picture in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Side of a patch in pixels; divides <see cref="ImageSize"/>.</summary>
    public required int PatchSize { get; init; }

    public int NumChannels { get; init; } = 3;

    public double LayerNormEps { get; init; } = 1e-5;

    public string HiddenAct { get; init; } = "quick_gelu";

    /// <summary>Patches per picture, 576 for LLaVA-1.5; the class token is not counted.</summary>
    public int NumPatches => ImageSize / PatchSize * (ImageSize / PatchSize);

    /// <summary>Width of one attention head.</summary>
    public int HeadDim => HiddenSize / NumAttentionHeads;
}
