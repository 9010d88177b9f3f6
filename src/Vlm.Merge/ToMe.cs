namespace Vlm.Merge;

/// <summary>
/// ToMe: D. Bolya and others, "Token Merging: Your ViT But Faster", ICLR 2023, arXiv 2210.09461, in the form with a
/// ratio per
/// layer that PiToMe's authors compare with (merging.md 5.1).
/// </summary>
internal sealed class ToMe : ITokenMerger
{
    private ToMe(MergeProfileInfo info) => Info = info;

    /// <summary>The released LLaVA path of PiToMe's authors, and ToMe's own placement and averaging.</summary>
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
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(int layer, int tokens, double ratio, MergeShape shape) =>
        tokens - MergeSchedule.RemovedTokens(tokens, ratio);

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) =>
        TokenReduction.Average(tokens, BipartiteMatching.Plan(tokens.Metric, tokens.Removed, classToken: true));
}
