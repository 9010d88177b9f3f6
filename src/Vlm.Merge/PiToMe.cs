namespace Vlm.Merge;

/// <summary>
/// PiToMe: H.-C. Tran and others, "Accelerating Transformers with Spectrum-Preserving Token Merging", 2024, arXiv
/// 2405.16148;
/// the operator is that of the authors' released code (merging.md 3.1), the profiles are those of section 17.
/// Deviation: a
/// layer that would remove nothing leaves its tokens alone, where the released code fails.
/// </summary>
internal sealed class PiToMe : ITokenMerger
{
    private const double FirstMargin = 0.9;

    private readonly bool _oddLayersOnly;
    private readonly bool _plainUpToMiddle;
    private readonly EnergyForm _energy;
    private readonly EnergySplit _split;

    private PiToMe(
        MergeProfileInfo info,
        bool oddLayersOnly = false,
        bool plainUpToMiddle = false,
        EnergyForm energy = EnergyForm.Released,
        EnergySplit split = EnergySplit.Alternate)
    {
        Info = info;
        _oddLayersOnly = oddLayersOnly;
        _plainUpToMiddle = plainUpToMiddle;
        _energy = energy;
        _split = split;
    }

    /// <summary>
    /// The released LLaVA path, the paper, and the code that produced the paper's LLaVA table (section 3.4).
    /// </summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new PiToMe(
            new("released", "After every block on hidden states; plain matching up to the middle layer, energy above."),
            plainUpToMiddle: true),
        new PiToMe(new(
            "paper",
            "Inside every block on keys; energy everywhere; mean by size, proportional attention.",
            MergePlacement.InsideBlock,
            MergeMetric.Keys,
            TracksSizes: true,
            ProportionalAttention: true)),
        new PiToMe(
            new("table3", "After odd blocks on hidden states; plain matching up to the middle, Gaussian energy above."),
            oddLayersOnly: true,
            plainUpToMiddle: true,
            EnergyForm.Gaussian,
            EnergySplit.Halves),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(int layer, int tokens, double ratio, MergeShape shape)
    {
        if (_oddLayersOnly && layer % 2 == 0)
        {
            return tokens;
        }

        return tokens - (IsPlain(layer, shape)
            ? MergeSchedule.RemovedTokens(tokens, ratio)
            : MergeSchedule.RemovedPatches(tokens, ratio));
    }

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        TokenPlan plan = IsPlain(tokens.Layer, tokens.Shape)
            ? BipartiteMatching.Plan(tokens.Metric, tokens.Removed, classToken: true)
            : Operator(tokens.Layer, tokens.Shape).Plan(tokens.Metric, tokens.Removed);
        return TokenReduction.Average(tokens, plan);
    }

    /// <summary>The margin falls from 0.9 linearly over the layers, 0 is never reached (merging.md 3.5).</summary>
    internal static double Margin(int layer, int layers) => FirstMargin - (FirstMargin * ((double)layer / layers));

    private PiToMeOperator Operator(int layer, MergeShape shape) =>
        new(Margin(layer, shape.NumLayers), Alpha: 1, _energy, _split);

    private bool IsPlain(int layer, MergeShape shape) => _plainUpToMiddle && 2 * layer <= shape.NumLayers;
}
