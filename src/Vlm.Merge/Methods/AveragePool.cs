namespace Vlm.Merge;

/// <summary>
/// Control of ours: the patch grid is averaged once, behind the tower unless the caller selects a layer, to the largest
/// square grid that is not above what the ratio would leave if it were applied after every layer. Patches that form no
/// square stay as they are.
/// </summary>
internal sealed class AveragePool : ITokenMerger
{
    private AveragePool()
    {
    }

    /// <summary>Behind the tower.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new AveragePool()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } =
        new("released", "After the last block; cells of the patch grid become their mean.") { Layers = LayerSelection.Last };

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step)
    {
        double budget = step.Shape.NumPatches * Math.Pow(step.Spec.Ratio, step.Shape.FeatureLayer);
        int side = Side(step.Tokens);
        int cells = Math.Min(side, Math.Max((int)Math.Sqrt(budget), 1));
        return side * side == step.Tokens - 1 ? 1 + (cells * cells) : step.Tokens;
    }

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) => TokenReduction.Average(
        tokens, GridPooling.Plan(tokens.Hidden, Side(tokens.Step.Tokens), Side(tokens.Step.Tokens - tokens.Removed)));

    private static int Side(int tokens) => (int)Math.Sqrt(tokens - 1);
}
