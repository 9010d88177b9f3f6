using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// ToFu: M. Kim and others, "Token Fusion: Bridging the Gap between Token Pruning and Token Merging", WACV 2024, arXiv
/// 2312.01026, as PiToMe's authors ported it (merging.md section 6): ToMe's plan, whose sources are dropped up to the
/// middle layer and merged with care for the norm above it. The port counts a dropped source as merged, and so do the
/// owners here.
/// </summary>
internal sealed class ToFu : ITokenMerger
{
    private readonly Func<LayerStep, bool> _prunes;
    private readonly Func<TokenPlan, Tensor, Tensor> _merge;

    private ToFu(MergeProfileInfo info, Func<LayerStep, bool> prunes, Func<TokenPlan, Tensor, Tensor> merge)
    {
        Info = info with { Layers = LayerSelection.Odd, Takes = ["r", "inflection"] };
        _prunes = prunes;
        _merge = merge;
    }

    /// <summary>The released port, MLERP as the method is described, and the paper's always-prune and always-merge.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new ToFu(
            new("released", "After odd blocks; prunes up to the middle layer, merges with a rescaled mean above."),
            IsEarly,
            TokenReductions.RescaledMean),
        new ToFu(
            new("mlerp", "After odd blocks; prunes up to the middle layer, keeps the largest norm above."),
            IsEarly,
            TokenReductions.NormKeepingMean),
        new ToFu(new("prune", "After odd blocks; always prunes (ToFu-p)."), _ => true, TokenReductions.RescaledMean),
        new ToFu(new("merge", "After odd blocks; always merges (ToFu-m)."), _ => false, TokenReductions.RescaledMean),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedTokens;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        TokenPlan plan = BipartiteMatching.Plan(tokens.Metric, tokens.Removed, classToken: true);
        return new(_prunes(tokens.Step) ? plan.Prune(tokens.Hidden) : _merge(plan, tokens.Hidden), null, plan);
    }

    private static bool IsEarly(LayerStep step) => step.Layer <= step.Shape.NumLayers / 2;
}
