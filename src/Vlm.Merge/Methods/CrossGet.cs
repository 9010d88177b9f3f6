using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// CrossGET: D. Shi and others, "CrossGET: Cross-Guided Ensemble of Tokens for Accelerating Vision-Language
/// Transformers", ICML 2024, arXiv 2305.17455: complete-graph soft matching without the trained guidance (merging.md
/// section 9).
/// </summary>
internal sealed class CrossGet : ITokenMerger
{
    private readonly Func<Tensor, int, TokenPlan> _plan;

    private CrossGet(MergeProfileInfo info, Func<Tensor, int, TokenPlan> plan)
    {
        Info = info with { Layers = LayerSelection.Odd, Takes = ["r", "inflection"] };
        _plan = plan;
    }

    /// <summary>The port in PiToMe's repository with its indexing faults, and the operator as CrossGET has it.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new CrossGet(
            new("released", "After odd blocks; the port with its faults: every source joins the first token kept."),
            CompleteGraphMatching.PlanAsPorted),
        new CrossGet(new("intended", "After odd blocks; each source joins its nearest."), CompleteGraphMatching.Plan),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedPatches;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) =>
        TokenReduction.Average(tokens, _plan(tokens.Metric, tokens.Removed));
}
