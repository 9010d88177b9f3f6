using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>ToMe's random bipartite matching (merging.md 5.4): random tokens join the nearest of all others.</summary>
internal static class RandomMatching
{
    /// <summary>
    /// Output: the first <paramref name="fixedTokens"/>, then the destinations in random order.
    /// </summary>
    /// <param name="metric">[B, T, C], float32 or better.</param>
    /// <param name="order">Permutation of the tokens that are not fixed, int64 [B, T - fixedTokens].</param>
    /// <param name="removed">From 1 to one less than those.</param>
    /// <param name="fixedTokens">1 to set a class token aside, else 0.</param>
    public static TokenPlan Plan(Tensor metric, Tensor order, int removed, int fixedTokens) =>
        new(Products.JoinNearest(
            metric, order, fixedTokens, kept: default, new(removed, order.shape[1] - removed), sources: new(0, removed)))
        {
            FirstDestination = fixedTokens,
        };
}
