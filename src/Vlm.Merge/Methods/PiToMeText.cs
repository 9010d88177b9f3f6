namespace Vlm.Merge;

/// <summary>
/// The operator of PiToMe's text models (arXiv 2405.16148, released BERT code; merging.md 4.2) in a vision tower:
/// Gaussian density for the energy, halves of the mergeable tokens as sources and destinations, first three layers.
/// </summary>
internal sealed class PiToMeText : ITokenMerger
{
    private const double FirstMargin = 0.9;
    private const double MarginFall = 0.25;

    private PiToMeText(MergeProfileInfo info) => Info = info;

    /// <summary>As released for BERT.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new PiToMeText(new(
            "released",
            "Inside the first three blocks on keys; plain mean.",
            MergePlacement.InsideBlock,
            MergeMetric.Keys)
        {
            Layers = LayerSelection.First(3),
            Takes = ["r", "inflection", "margin", "split", "seed"],
        }),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedPatches;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        LayerStep step = tokens.Step;
        double margin = step.Settings.Margin ?? (FirstMargin - (MarginFall * step.Layer / step.Shape.NumLayers));
        PiToMeOperator text = new(margin, 1, EnergyForm.Density, step.Settings.Split ?? EnergySplit.Halves);
        return TokenReduction.Average(tokens, text.Plan(tokens.Metric, tokens.Removed, tokens.RandomOrder));
    }
}
