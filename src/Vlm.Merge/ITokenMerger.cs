using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// One method under one profile: when it reduces and how. Stateless; tokens are counted with the class token.
/// </summary>
internal interface ITokenMerger
{
    /// <summary>Name, description and needs of the profile.</summary>
    MergeProfileInfo Info { get; }

    /// <summary>Whether it changes the order of tokens even in a layer that removes none.</summary>
    bool Reorders => false;

    /// <summary>
    /// Tokens that leave a layer which <paramref name="tokens"/> enter; equal where the layer does not reduce.
    /// </summary>
    int TokensAfter(int layer, int tokens, double ratio, MergeShape shape);

    /// <summary>
    /// Reduces the tokens of a batch; called only where at least one is removed, unless the method reorders.
    /// </summary>
    TokenReduction Reduce(LayerTokens tokens);
}

/// <summary>A layer's tokens on the way into a method, all in float32 or better.</summary>
/// <param name="Layer">Position in the tower, from 0.</param>
/// <param name="Hidden">What is reduced, [B, T, C].</param>
/// <param name="Metric">What is compared, [B, T, C']; the hidden states or the mean key over heads.</param>
/// <param name="Attention">Probabilities of the block, [B, H, T, T], where the profile asks for them.</param>
/// <param name="Sizes">Original tokens in each token, [B, T], where the profile tracks them.</param>
/// <param name="Removed">Tokens to remove, by the schedule.</param>
/// <param name="Ratio">Share kept by one application.</param>
/// <param name="Shape">The vision tower.</param>
internal sealed record LayerTokens(
    int Layer,
    Tensor Hidden,
    Tensor Metric,
    Tensor? Attention,
    Tensor? Sizes,
    int Removed,
    double Ratio,
    MergeShape Shape);

/// <summary>A layer's tokens on the way out.</summary>
/// <param name="Hidden">[B, T', C], float32 or better.</param>
/// <param name="Sizes">[B, T'] where tracked.</param>
/// <param name="Plan">Who went where; null where output tokens are mixtures of all.</param>
internal sealed record TokenReduction(Tensor Hidden, Tensor? Sizes, TokenPlan? Plan)
{
    /// <summary>The plan applied as a mean, by size where sizes are tracked.</summary>
    public static TokenReduction Average(LayerTokens tokens, TokenPlan plan) => tokens.Sizes is { } sizes
        ? new(plan.WeightedMean(tokens.Hidden, sizes), plan.Sum(sizes), plan)
        : new(plan.Mean(tokens.Hidden), null, plan);
}
