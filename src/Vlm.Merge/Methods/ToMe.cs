namespace Vlm.Merge;

/// <summary>
/// ToMe: D. Bolya and others, "Token Merging: Your ViT But Faster", ICLR 2023, arXiv 2210.09461; by ratio as PiToMe's
/// authors compare it (merging.md 5.1), or by its own count per layer with the options <c>r</c> and <c>inflection</c>
/// (merging.md 5.2).
/// </summary>
internal sealed class ToMe : ITokenMerger
{
    private ToMe(MergeProfileInfo info) => Info = info with { Takes = ["r", "inflection"] };

    /// <summary>
    /// The released LLaVA path of PiToMe's authors, ToMe's own placement and averaging, and the odd layers of the runs
    /// behind the paper's LLaVA table.
    /// </summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new ToMe(new("released", "After every block on hidden states; plain mean.")),
        new ToMe(new(
            "paper",
            "Inside every block on keys; mean by size, proportional attention.",
            MergePlacement.InsideBlock,
            MergeMetric.Keys,
            TracksSizes: true,
            ProportionalAttention: true)),
        new ToMe(new("table3", "After odd blocks on hidden states; plain mean.") { Layers = LayerSelection.Odd }),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedTokens;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) =>
        TokenReduction.Average(tokens, BipartiteMatching.Plan(tokens.Metric, tokens.Removed, classToken: true));
}
