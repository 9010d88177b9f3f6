namespace Vlm.Merge;

/// <summary>
/// PiToMe: H.-C. Tran and others, "Accelerating Transformers with Spectrum-Preserving Token Merging", 2024, arXiv
/// 2405.16148; the operator is that of the authors' released code (merging.md 3.1), the profiles are those of section
/// 17. Deviation: a layer that would remove nothing leaves its tokens alone, where the released code fails.
/// </summary>
internal sealed class PiToMe : ITokenMerger
{
    private const double FirstMargin = 0.9;

    private readonly bool _plainUpToMiddle;
    private readonly EnergyForm _energy;
    private readonly EnergySplit _split;

    private PiToMe(
        MergeProfileInfo info,
        bool plainUpToMiddle = false,
        EnergyForm energy = EnergyForm.Released,
        EnergySplit split = EnergySplit.Alternate)
    {
        Info = info with { Takes = ["r", "inflection", "margin", "alpha", "energy", "split", "seed"] };
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
            new("table3", "After odd blocks on hidden states; plain matching up to the middle, Gaussian energy above.")
            {
                Layers = LayerSelection.Odd,
            },
            plainUpToMiddle: true,
            EnergyForm.Gaussian,
            EnergySplit.Halves),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) =>
        step.Tokens - (_plainUpToMiddle && IsPlain(step) ? step.RemovedTokens : step.RemovedPatches);

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        TokenPlan plan = _plainUpToMiddle && IsPlain(tokens.Step)
            ? BipartiteMatching.Plan(tokens.Metric, tokens.Removed, classToken: true)
            : Operator(tokens.Step, _energy, _split).Plan(tokens.Metric, tokens.Removed, tokens.RandomOrder);
        return TokenReduction.Average(tokens, plan);
    }

    /// <summary>The margin falls from 0.9 linearly over the layers, 0 is never reached (merging.md 3.5).</summary>
    internal static double Margin(int layer, int layers) => FirstMargin - (FirstMargin * ((double)layer / layers));

    /// <summary>Up to the middle layer the released path runs ToMe's matching.</summary>
    internal static bool IsPlain(LayerStep step) => 2 * step.Layer <= step.Shape.NumLayers;

    /// <summary>The operator of a layer with what the caller chose.</summary>
    internal static PiToMeOperator Operator(
        LayerStep step, EnergyForm energy = EnergyForm.Released, EnergySplit split = EnergySplit.Alternate) => new(
            step.Settings.Margin ?? Margin(step.Layer, step.Shape.NumLayers),
            step.Settings.Alpha ?? 1,
            step.Settings.Energy ?? energy,
            step.Settings.Split ?? split);
}
