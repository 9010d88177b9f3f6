using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// One method under one profile: when it reduces and how. Stateless; tokens are counted with the class token.
/// </summary>
internal interface ITokenMerger
{
    /// <summary>Name, description and needs of the profile.</summary>
    MergeProfileInfo Info { get; }

    /// <summary>
    /// Whether it changes the order of tokens in every layer, even where it removes none; its schedule is then asked in
    /// every layer, selected or not.
    /// </summary>
    bool Reorders => false;

    /// <summary>What it reads of the attention of this layer, at most what its profile says.</summary>
    AttentionNeed AttentionOf(LayerStep step) => Info.Attention;

    /// <summary>Tokens that leave a selected layer; as many as enter where nothing is left to remove.</summary>
    int TokensAfter(LayerStep step);

    /// <summary>
    /// Reduces the tokens of a batch; called only where at least one is removed, unless the method reorders.
    /// </summary>
    TokenReduction Reduce(LayerTokens tokens);
}

/// <summary>A layer's tokens on the way into a method, all in float32 or better.</summary>
/// <param name="Step">The layer.</param>
/// <param name="Hidden">What is reduced, [B, T, C].</param>
/// <param name="Metric">What is compared, [B, T, C']; the hidden states or the mean key over heads.</param>
/// <param name="Attention">What the profile asks for of the block's attention, [B, T].</param>
/// <param name="Sizes">Original tokens in each token, [B, T], where the profile tracks them.</param>
/// <param name="Removed">Tokens to remove, by the schedule.</param>
/// <param name="PictureSeeds">One number per picture, so that randomness does not depend on the batch.</param>
internal sealed record LayerTokens(
    LayerStep Step,
    Tensor Hidden,
    Tensor Metric,
    Tensor? Attention,
    Tensor? Sizes,
    int Removed,
    IReadOnlyList<ulong> PictureSeeds)
{
    /// <summary>What was asked for of the attention, without the class token: [B, T - 1].</summary>
    public Tensor PatchAttention() => Patches.Of(Attention!);

    /// <summary>Reproducible random order of so many items per picture: int64 [B, n].</summary>
    public Tensor RandomOrder(long count) =>
        SeededOrder.Draw(Step.Settings.Seed ?? 0, Step.Layer, PictureSeeds, count).to(Hidden.device);
}

/// <summary>A layer's tokens on the way out.</summary>
/// <param name="Hidden">[B, T', C], float32 or better.</param>
/// <param name="Sizes">[B, T'] where tracked.</param>
/// <param name="Plan">Who went where; null where output tokens are mixtures of all.</param>
internal sealed record TokenReduction(Tensor Hidden, Tensor? Sizes, TokenPlan? Plan)
{
    /// <summary>The plan applied as a mean, by size where sizes are tracked.</summary>
    public static TokenReduction Average(LayerTokens tokens, TokenPlan plan)
    {
        (Tensor means, Tensor sizes) = plan.MeansAndSizes(tokens.Hidden, tokens.Sizes);
        return new(means, tokens.Sizes is null ? null : sizes, plan);
    }

    /// <summary>Only the anchors stay, and the other tokens belong to no output.</summary>
    public static TokenReduction Prune(LayerTokens tokens, TokenPlan plan) =>
        new(plan.Prune(tokens.Hidden), null, plan.WithoutSources());
}
