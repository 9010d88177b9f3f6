using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// MCTF: S. Lee and others, "Multi-criteria Token Fusion with One-step-ahead Attention for Efficient Vision
/// Transformers", CVPR 2024, arXiv 2403.10030 (merging.md section 10). <c>released</c> is the LLaVA variant of PiToMe's
/// authors: similarity alone matches, attention weighs the mean. <c>upstream</c> matches by similarity, information and
/// size before the attention of the block; section 10.2 leaves the metric open, taken here are the hidden states.
/// </summary>
internal sealed class Mctf : ITokenMerger
{
    /// <summary>Tokens that upstream never goes below.</summary>
    private const int LeastUpstream = 10;

    /// <summary>Below any softmax that matters; keeps a group without attention from dividing zero by zero.</summary>
    private const double LeastWeight = 1e-30;

    private readonly bool _isUpstream;

    private Mctf(MergeProfileInfo info, bool isUpstream)
    {
        Info = info with { Takes = ["r", "inflection"] };
        _isUpstream = isUpstream;
    }

    /// <summary>The port for LLaVA and the method with attention one step ahead.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } =
    [
        new Mctf(
            new("released", "After odd blocks on hidden states; mean by size and attention.", Attention: AttentionNeed.KeyMeans, TracksSizes: true)
            {
                Layers = LayerSelection.Odd,
            },
            isUpstream: false),
        new Mctf(
            new(
                "upstream",
                "Under the attention map of every block but the first, by similarity, information and size; mean by size.",
                MergePlacement.BeforeAttention,
                Attention: AttentionNeed.KeyMeans,
                TracksSizes: true)
            {
                Layers = LayerSelection.TryParse("1-")!,
            },
            isUpstream: true),
    ];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; }

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step)
    {
        int most = _isUpstream ? Math.Max(step.Tokens - LeastUpstream, 0) : step.Tokens;
        return step.Tokens - Math.Min(step.Removed(step.Tokens), Math.Min(most, TwoWayMatching.Most(step.Tokens)));
    }

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens)
    {
        Tensor sizes = tokens.Sizes!;
        Tensor attractions = _isUpstream
            ? TwoWayMatching.Attractions(tokens.Metric, tokens.Attention, sizes)
            : TwoWayMatching.Attractions(tokens.Metric);
        TokenPlan plan = TwoWayMatching.Plan(attractions, tokens.Removed);
        Tensor weights = _isUpstream ? sizes : tokens.Attention!.clamp_min(LeastWeight).mul_(sizes);
        return new(plan.WeightedMean(tokens.Hidden, weights), plan.Sum(sizes), plan);
    }
}
