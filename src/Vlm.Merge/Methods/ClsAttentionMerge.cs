namespace Vlm.Merge;

/// <summary>
/// Ablation of PiToMe's paper (arXiv 2405.16148, section 4.5 iii; merging.md 11.1 iii-a): attention of the class token
/// instead of the energy. The tail merges into its nearest tokens of the head, as in DiffRate.
/// </summary>
internal sealed class ClsAttentionMerge : ITokenMerger
{
    private ClsAttentionMerge()
    {
    }

    /// <summary>In the place of the released LLaVA path.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new ClsAttentionMerge()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } =
        new("released", "After every block on hidden states; plain mean.", Attention: AttentionNeed.ClassRow)
        {
            Takes = ["r", "inflection"],
        };

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) =>
        step.Tokens - Math.Min(step.Removed(step.Tokens), Math.Max(step.Tokens - 2, 0));

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        int count = tokens.Step.Tokens;
        return TokenReduction.Average(
            tokens, ImportanceMatching.Plan(tokens.Metric, tokens.PatchAttention(), count, count - tokens.Removed));
    }
}
