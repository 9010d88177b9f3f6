namespace Vlm.Merge;

/// <summary>What a schedule needs to know of a vision tower.</summary>
/// <param name="NumPatches">Picture tokens entering layer 0, the class token not counted (576 for CLIP-L/336).</param>
/// <param name="NumLayers">Layers of the whole tower; schedules and margins are relative to it (24).</param>
/// <param name="FeatureLayer">Layers whose output counts, 23 of 24 for LLaVA's hidden-state index -2.</param>
/// <param name="Heads">Attention heads (16).</param>
/// <param name="KeepClassToken">Whether the language model also gets the class token (select strategy
/// <c>full</c>).</param>
public sealed record MergeShape(int NumPatches, int NumLayers, int FeatureLayer, int Heads, bool KeepClassToken = false)
{
    /// <summary>Tokens entering layer 0, class token included.</summary>
    public int NumTokens => NumPatches + 1;
}
