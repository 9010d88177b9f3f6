namespace Vlm.Merge;

/// <summary>
/// ToMe's k-th bipartite matching (arXiv 2210.09461, repository; merging.md 5.3) over the patches; the class token is
/// set aside, since the tower drops token 0. One application keeps one token of every stride, which no ratio near 1
/// does, so it acts where the schedule of the ratio has fallen to what it leaves.
/// </summary>
internal sealed class KthBipartite : ITokenMerger
{
    private const int DefaultStride = 2;

    private KthBipartite()
    {
    }

    /// <summary>In the place of the released LLaVA path.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new KthBipartite()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } =
        new("released", "After the blocks where the ratio allows a whole stride; plain mean.") { Takes = ["stride"] };

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step)
    {
        int applications = Enumerable.Range(0, step.Layer + 1).Count(layer => step.Layers.Contains(layer, step.Shape));
        double allowed = Math.Floor(step.Shape.NumPatches * Math.Pow(step.Spec.Ratio, applications));
        int left = (step.Tokens - 1) / Stride(step);
        return left >= Math.Max(allowed, 1) ? 1 + left : step.Tokens;
    }

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) => TokenReduction.Average(
        tokens, StridedMatching.Plan(tokens.Metric, Stride(tokens.Step), fixedTokens: 1));

    private static int Stride(LayerStep step) => step.Settings.Stride ?? DefaultStride;
}
