using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Plain bipartite soft matching of tokens at even and odd positions, ToMe section 3 (merging.md 5.1).
/// </summary>
internal static class BipartiteMatching
{
    /// <summary>
    /// Even tokens A, odd tokens B: the <paramref name="removed"/> tokens of A with the most similar partner in B join
    /// it.
    /// Output: the rest of A, in place order with a class token and by falling similarity without one, then B.
    /// </summary>
    /// <param name="metric">[B, T, C], float32 or better.</param>
    /// <param name="removed">From 1 to the size of A, the class token not counted.</param>
    /// <param name="classToken">Whether token 0 is a class token, which never moves.</param>
    public static TokenPlan Plan(Tensor metric, int removed, bool classToken) =>
        new(Products.JoinClosest(metric, order: null, removed, classToken))
        {
            FirstDestination = ((metric.shape[1] + 1) / 2) - removed,
        };
}
