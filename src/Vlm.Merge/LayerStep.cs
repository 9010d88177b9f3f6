namespace Vlm.Merge;

/// <summary>A layer as a schedule sees it: numbers only, no content of a picture.</summary>
/// <param name="Layer">Position in the tower, from 0.</param>
/// <param name="Tokens">Tokens that enter, class token included.</param>
/// <param name="Spec">What the caller asked for.</param>
/// <param name="Shape">The vision tower.</param>
/// <param name="Layers">Layers in which the method reduces.</param>
internal sealed record LayerStep(int Layer, int Tokens, MergeSpec Spec, MergeShape Shape, LayerSelection Layers)
{
    /// <summary>Whether the method reduces here.</summary>
    public bool IsSelected => Layers.Contains(Layer, Shape);

    /// <summary>Choices beyond the ratio.</summary>
    public MergeSettings Settings => Spec.Settings;

    /// <summary>Removed by a step that counts patches only (PiToMe), at most half of them.</summary>
    public int RemovedPatches => Math.Min(Removed(Tokens - 1), (Tokens - 1) / 2);

    /// <summary>
    /// Removed by a step that counts the class token, too, but may not remove it (plain bipartite matching).
    /// </summary>
    public int RemovedTokens => Math.Min(Removed(Tokens), (Tokens - 1) / 2);

    /// <summary>Removed of so many tokens, by ratio or by count.</summary>
    public int Removed(int counted) => Settings.RemovedPerLayer is { } r
        ? MergeSchedule.CountAt(Layer, Shape.NumLayers, r, Settings.Inflection ?? 0)
        : MergeSchedule.Removed(counted, Spec.Ratio);
}
