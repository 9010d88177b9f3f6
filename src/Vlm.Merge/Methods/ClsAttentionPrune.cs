using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>Control (merging.md 11.2): the patches that the class token looks at most stay, in place order.</summary>
internal sealed class ClsAttentionPrune : ITokenMerger
{
    private ClsAttentionPrune()
    {
    }

    /// <summary>In the place of the released LLaVA path.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new ClsAttentionPrune()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } =
        new("released", "After every block; drops what the class token looks at least.", Attention: AttentionNeed.ClassRow)
        {
            Takes = ["r", "inflection"],
        };

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedPatches;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        Tensor importance = tokens.PatchAttention();
        (_, Tensor order) = importance.sort(1, descending: true, stable: true);
        (Tensor kept, _) = order.narrow(1, 0, tokens.Step.Tokens - 1 - tokens.Removed).sort(1);
        return TokenReduction.Prune(tokens, TokenPlan.Selection(Patches.BehindClassToken(kept), importance));
    }
}
