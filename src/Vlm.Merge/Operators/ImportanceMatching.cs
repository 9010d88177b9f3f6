using Vlm.Torch;
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
        Tensor order = Kernels.Default.FallingOrder(importance);
        RankRun tail = new(kept - 1, considered - kept);
        return kept == 1
            ? new TokenPlan(IntoClassToken(order.narrow(1, 0, tail.Count).add(1))) { Energies = importance }
            : new TokenPlan(Products.JoinNearest(metric, order, front: 1, kept: default, new(0, kept - 1), tail))
            {
                FirstDestination = 1,
                Energies = importance,
            };
    }

    private static Joins IntoClassToken(Tensor sources) =>
        new(zeros(sources.shape[0], 1, ScalarType.Int64, sources.device), sources, zeros_like(sources));
}
