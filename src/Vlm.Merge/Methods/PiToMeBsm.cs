namespace Vlm.Merge;

/// <summary>
/// PiToMe-BSM, the paper's ablation without protected tokens (arXiv 2405.16148, section 4.5 i; merging.md 4.1): an
/// energy-sorted split of all patches, of which the closest pairs merge.
/// </summary>
internal sealed class PiToMeBsm : ITokenMerger
{
    private PiToMeBsm(MergeProfileInfo info) => Info = info with { Takes = ["r", "inflection", "margin", "alpha", "energy"] };

    /// <summary>In the place of the released LLaVA path, and in that of the paper.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new PiToMeBsm(new("released", "After every block on hidden states; plain mean.")),
        new PiToMeBsm(new(
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
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedPatches;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) => TokenReduction.Average(
        tokens, PiToMe.Operator(tokens.Step).PlanUnprotected(tokens.Metric, tokens.Removed));
}
