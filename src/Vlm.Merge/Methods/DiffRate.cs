namespace Vlm.Merge;

/// <summary>
/// DiffRate: M. Chen and others, "DiffRate: Differentiable Compression Rate for Efficient Vision Transformers", ICCV
/// 2023, arXiv 2305.17997, as PiToMe's authors ported it (merging.md section 7): tokens are sorted by attention of the
/// class token in every layer and the tail merges into the head in even ones. Deviation: at least one patch stays.
/// </summary>
internal sealed class DiffRate : ITokenMerger
{
    private readonly bool _cutsElsewhere;

    private DiffRate(MergeProfileInfo info, bool cutsElsewhere)
    {
        Info = info with { Layers = LayerSelection.Even, Takes = ["r", "inflection"] };
        _cutsElsewhere = cutsElsewhere;
    }

    /// <summary>The port with its accidental cut, which keeps 290 of 577 tokens at layer 1, and without it.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new DiffRate(
            new(
                "released",
                "After even blocks by attention of the class token, cut to half of the patches after layer 1.",
                Attention: AttentionNeed.ClassRow),
            cutsElsewhere: true),
        new DiffRate(
            new("intended", "After even blocks by attention of the class token.", Attention: AttentionNeed.ClassRow),
            cutsElsewhere: false),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public bool Reorders => true;

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.IsSelected
        ? Math.Min(step.Tokens, Scheduled(step))
        : _cutsElsewhere ? Math.Min(step.Tokens, Cut(step.Shape)) : step.Tokens;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        int kept = tokens.Step.Tokens - tokens.Removed;
        int considered = tokens.Step.IsSelected ? tokens.Step.Tokens : kept;
        return TokenReduction.Average(
            tokens, ImportanceMatching.Plan(tokens.Metric, tokens.PatchAttention(), considered, kept));
    }

    // The port plans its counts ahead, as if nothing but merging took tokens away.
    private static int Scheduled(LayerStep step)
    {
        int tokens = step.Shape.NumTokens;
        for (int layer = 0; layer <= step.Layer; layer++)
        {
            LayerStep earlier = step with { Layer = layer, Tokens = tokens };
            tokens -= earlier.IsSelected ? Math.Min(earlier.Removed(tokens), Math.Max(tokens - 2, 0)) : 0;
        }

        return tokens;
    }

    // What the port leaves in layers without a count of their own: the mean of 1 .. patches, rounded up, plus one.
    private static int Cut(MergeShape shape) => ((shape.NumPatches + 2) / 2) + 1;
}
