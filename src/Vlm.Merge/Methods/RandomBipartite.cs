namespace Vlm.Merge;

/// <summary>
/// ToMe's random bipartite matching (arXiv 2210.09461, repository; merging.md 5.4) over the patches; the class token is
/// set aside, since the tower drops token 0.
/// </summary>
internal sealed class RandomBipartite : ITokenMerger
{
    private RandomBipartite()
    {
    }

    /// <summary>In the place of the released LLaVA path.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new RandomBipartite()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } =
        new("released", "After every block on hidden states; plain mean.") { Takes = ["r", "inflection", "seed"] };

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedPatches;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) => TokenReduction.Average(
        tokens,
        RandomMatching.Plan(tokens.Metric, tokens.RandomOrder(tokens.Step.Tokens - 1), tokens.Removed, fixedTokens: 1));
}
