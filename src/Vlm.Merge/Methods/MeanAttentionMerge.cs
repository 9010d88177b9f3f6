using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Ablation of PiToMe's paper (arXiv 2405.16148, section 4.5 iii; merging.md 11.1 iii-b): mean attention among patches
/// instead of the energy, above the middle layer; plain matching below. As a row mean of a softmax it is nearly
/// constant, which is the point of the ablation.
/// </summary>
internal sealed class MeanAttentionMerge : ITokenMerger
{
    private MeanAttentionMerge()
    {
    }

    /// <summary>In the place of the released LLaVA path.</summary>
    public static IReadOnlyList<ITokenMerger> Profiles { get; } = [new MeanAttentionMerge()];

    /// <inheritdoc/>
    public MergeProfileInfo Info { get; } = new(
        "released",
        "After every block on hidden states; plain matching up to the middle layer, mean attention above; plain mean.",
        Attention: AttentionNeed.ClassColumn)
    {
        Takes = ["r", "inflection", "split", "seed"],
    };

    /// <inheritdoc/>
    public AttentionNeed AttentionOf(LayerStep step) => PiToMe.IsPlain(step) ? AttentionNeed.None : Info.Attention;

    /// <inheritdoc/>
    public int TokensAfter(LayerStep step) =>
        step.Tokens - (PiToMe.IsPlain(step) ? step.RemovedTokens : step.RemovedPatches);

    /// <inheritdoc/>
    public TokenReduction Reduce(LayerTokens tokens) => TokenReduction.Average(
        tokens,
        PiToMe.IsPlain(tokens.Step)
            ? BipartiteMatching.Plan(tokens.Metric, tokens.Removed, classToken: true)
            : PiToMe.Operator(tokens.Step).PlanByScore(
                tokens.Metric, Scores(tokens), tokens.Removed, tokens.RandomOrder));

    // Mean over heads and patch keys of each patch's row, [B, n]: what it leaves of 1 for the class token, divided among them.
    private static Tensor Scores(LayerTokens tokens) => tokens.PatchAttention().neg().add_(1).div_(tokens.Step.Tokens - 1);
}
