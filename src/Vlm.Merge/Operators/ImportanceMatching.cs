using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// DiffRate's step (merging.md 7.1): patches sorted by importance, the tail dropped or merged into the head. Token 0 is
/// the class token and never a destination, unless it is the only one.
/// </summary>
internal static class ImportanceMatching
{
    /// <summary>
    /// Of the tokens in order of importance, the first <paramref name="kept"/> are outputs, those up to
    /// <paramref name="considered"/> join the nearest of them, and the rest is dropped.
    /// </summary>
    /// <param name="metric">[B, T, C], float32 or better.</param>
    /// <param name="importance">Of the patches, [B, T - 1].</param>
    /// <param name="considered">Tokens that are not dropped, class token included.</param>
    /// <param name="kept">Tokens that stay, class token included.</param>
    public static TokenPlan Plan(Tensor metric, Tensor importance, int considered, int kept)
    {
        (_, Tensor order) = importance.sort(1, descending: true, stable: true);
        Tensor anchors = Patches.BehindClassToken(order.narrow(1, 0, kept - 1));
        Tensor tail = order.narrow(1, kept - 1, considered - kept).add(1);
        Tensor destinations = kept == 1 || kept == considered
            ? zeros_like(tail)
            : Cosine.Nearest(metric, tail, Patches.Of(anchors)).add_(1);
        return new TokenPlan(anchors, tail, destinations)
        {
            FirstDestination = kept == 1 ? 0 : 1,
            Energies = importance,
        };
    }
}
