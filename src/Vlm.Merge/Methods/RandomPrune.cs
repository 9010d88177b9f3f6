using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>Control (merging.md 11.2): a random subset of the patches stays, in place order.</summary>
internal sealed class RandomPrune : ITokenMerger
{
    private RandomPrune()
    {
    }

    /// <summary>In the place of the released LLaVA path.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new RandomPrune()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } =
        new("released", "After every block; drops patches at random.") { Takes = ["r", "inflection", "seed"] };

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedPatches;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        int patches = tokens.Step.Tokens - 1;
        (Tensor kept, _) = tokens.RandomOrder(patches).narrow(1, tokens.Removed, patches - tokens.Removed).sort(1);
        return TokenReduction.Prune(tokens, TokenPlan.Selection(Patches.BehindClassToken(kept)));
    }
}
