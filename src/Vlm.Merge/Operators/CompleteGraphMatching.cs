using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// CrossGET's complete-graph soft matching without guidance (merging.md section 9). Every patch may look only at patches
/// ranked below it, so no two choose each other. Token 0 is the class token.
/// </summary>
internal static class CompleteGraphMatching
{
    /// <summary>
    /// The intended operator: the patches with the most similar lower-ranked partner join their nearest of all others.
    /// Output: class token and destinations in place order.
    /// </summary>
    /// <param name="metric">[B, T, C] with the class token, float32 or better.</param>
    /// <param name="removed">From 1 to one less than the patches.</param>
    public static TokenPlan Plan(Tensor metric, int removed)
    {
        (Tensor lower, _) = Products.LowerRanked(Patches.Of(metric), countsItself: false);
        Tensor order = Kernels.Default.FallingOrder(lower);
        long stay = order.shape[1] - removed;
        (Tensor destinations, _) = order.narrow(1, removed, stay).sort(1);
        order = cat([order.narrow(1, 0, removed), destinations], 1);
        return new TokenPlan(
            Products.JoinNearest(metric, order, front: 1, kept: default, new(removed, stay), sources: new(0, removed)))
        {
            FirstDestination = 1,
        };
    }

    /// <summary>
    /// The port in PiToMe's repository with its two faults (merging.md 9.2): ranks are taken for patches, and every
    /// source joins the first patch that is kept. Output: class token, kept patches by falling value.
    /// </summary>
    /// <param name="metric">[B, T, C] with the class token, float32 or better.</param>
    /// <param name="removed">From 1 to one less than the patches.</param>
    public static TokenPlan PlanAsPorted(Tensor metric, int removed)
    {
        (Tensor lower, Tensor ranking) = Products.LowerRanked(Patches.Of(metric), countsItself: true);
        Tensor order = Kernels.Default.FallingOrder(lower.gather(1, ranking));
        Tensor sources = order.narrow(1, 0, removed).add(1);
        Tensor kept = order.narrow(1, removed, order.shape[1] - removed);
        return new TokenPlan(new(Patches.BehindClassToken(kept), sources, ones_like(sources))) { FirstDestination = 1 };
    }
}
