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
    public static TokenPlan Plan(Tensor metric, int removed, bool classToken)
    {
        long tokens = metric.shape[1];
        long numB = tokens / 2;
        (Tensor best, Tensor nearest) =
            Products.Nearest(metric.slice(1, 0, tokens, 2), metric.slice(1, 1, tokens, 2)); // [B, numA] each
        if (classToken)
        {
            best.select(1, 0).fill_(double.NegativeInfinity);
        }

        (_, Tensor order) = best.sort(1, descending: true, stable: true); // [B, numA]
        Tensor sources = order.narrow(1, 0, removed);
        Tensor unmerged = order.narrow(1, removed, tokens - numB - removed);
        if (classToken)
        {
            (unmerged, _) = unmerged.sort(1);
        }

        Tensor odd = arange(1, tokens, 2, ScalarType.Int64, metric.device).unsqueeze(0).expand(metric.shape[0], -1);
        long firstDestination = unmerged.shape[1];
        return new TokenPlan(
            cat([unmerged.mul(2), odd], 1),
            sources.mul(2),
            nearest.gather(1, sources).add_(firstDestination))
        {
            FirstDestination = firstDestination,
        };
    }
}
