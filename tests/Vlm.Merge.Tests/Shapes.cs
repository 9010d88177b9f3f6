namespace Vlm.Merge.Tests;

/// <summary>Vision towers that tests speak of.</summary>
internal static class Shapes
{
    /// <summary>CLIP ViT-L/14-336 as LLaVA-1.5 uses it.</summary>
    public static MergeShape ClipLarge { get; } = new(NumPatches: 576, NumLayers: 24, FeatureLayer: 23, Heads: 16);

    /// <summary>golden/checkpoints/tiny-112-gqa.</summary>
    public static MergeShape Tiny112 { get; } = new(NumPatches: 64, NumLayers: 8, FeatureLayer: 7, Heads: 3);

    /// <summary>golden/checkpoints/tiny-56-full, which keeps the class token.</summary>
    public static MergeShape Tiny56 { get; } = new(NumPatches: 16, NumLayers: 4, FeatureLayer: 3, Heads: 2, KeepClassToken: true);

    /// <summary>golden/checkpoints/tiny-original.</summary>
    public static MergeShape TinyOriginal { get; } = new(NumPatches: 64, NumLayers: 12, FeatureLayer: 11, Heads: 3);

    /// <summary>Small enough for laws over many random runs.</summary>
    public static MergeShape Small { get; } = new(NumPatches: 36, NumLayers: 6, FeatureLayer: 5, Heads: 2);
}
