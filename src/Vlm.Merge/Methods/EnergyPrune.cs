namespace Vlm.Merge;

/// <summary>
/// Control (merging.md 11.2): PiToMe's plan (3.1) in every layer, with its sources dropped instead of merged.
/// </summary>
internal sealed class EnergyPrune : ITokenMerger
{
    private EnergyPrune()
    {
    }

    /// <summary>In the place of the released LLaVA path.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new EnergyPrune()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } = new("released", "After every block on hidden states; drops redundant patches.")
    {
        Takes = ["r", "inflection", "margin", "alpha", "energy", "split", "seed"],
    };

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) => step.Tokens - step.RemovedPatches;

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) => TokenReduction.Prune(
        tokens, PiToMe.Operator(tokens.Step).Plan(tokens.Metric, tokens.Removed, tokens.RandomOrder));
}
