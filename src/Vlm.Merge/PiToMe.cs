namespace Vlm.Merge;

/// <summary>
/// PiToMe: H.-C. Tran and others, "Accelerating Transformers with Spectrum-Preserving Token Merging", 2024, arXiv 2405.16148;
/// the operator is that of the authors' released code (merging.md 3.1), the profiles are those of section 17.
/// </summary>
internal sealed class PiToMe : ITokenMerger
{
    private readonly bool _oddLayersOnly;
    private readonly bool _plainBelowMiddle;

    private PiToMe(MergeProfileInfo info, bool oddLayersOnly, bool plainBelowMiddle)
    {
        Info = info;
        _oddLayersOnly = oddLayersOnly;
        _plainBelowMiddle = plainBelowMiddle;
    }

    /// <summary>The released LLaVA path, the paper, and the code that produced the paper's LLaVA table (section 3.4).</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new PiToMe(
            new("released", "After every block on hidden states; plain matching up to the middle layer, energy above; plain mean."),
            oddLayersOnly: false,
            plainBelowMiddle: true),
        new PiToMe(
            new(
                "paper",
                "Inside every block on keys; energy everywhere; mean by size, proportional attention.",
                MergePlacement.InsideBlock,
                MergeMetric.Keys,
                TracksSizes: true,
                ProportionalAttention: true),
            oddLayersOnly: false,
            plainBelowMiddle: false),
        new PiToMe(
            new("table3", "After odd blocks on hidden states; plain matching up to the middle, Gaussian energy and halves above."),
            oddLayersOnly: true,
            plainBelowMiddle: true),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(int layer, int tokens, double ratio, MergeShape shape)
    {
        if (_oddLayersOnly && layer % 2 == 0)
        {
            return tokens;
        }

        return tokens - (IsPlain(layer, shape)
            ? MergeSchedule.RemovedTokens(tokens, ratio)
            : MergeSchedule.RemovedPatches(tokens, ratio));
    }

    private bool IsPlain(int layer, MergeShape shape) => _plainBelowMiddle && 2 * layer <= shape.NumLayers;
}
