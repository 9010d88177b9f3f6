using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>ToMe's k-th bipartite matching (merging.md 5.3): every stride-th token takes in its nearest others.</summary>
internal static class StridedMatching
{
    /// <summary>
    /// Output: tokens stride - 1, 2 stride - 1, ... of the tokens behind the first <paramref name="fixedTokens"/>, which
    /// stay in front; what does not fill a stride at the end is dropped.
    /// </summary>
    /// <param name="metric">[B, T, C], float32 or better, with at least one whole stride.</param>
    /// <param name="stride">2 or more.</param>
    /// <param name="fixedTokens">1 to set a class token aside, else 0.</param>
    public static TokenPlan Plan(Tensor metric, int stride, int fixedTokens)
    {
        long outputs = (metric.shape[1] - fixedTokens) / stride;
        Tensor grid = Rows.Range(metric, outputs * stride).unflatten(1, outputs, stride);
        Tensor order = cat([grid.select(2, stride - 1), grid.narrow(2, 0, stride - 1).flatten(1)], 1);
        return new TokenPlan(Products.JoinNearest(
            metric, order, fixedTokens, kept: default, new(0, outputs), new(outputs, outputs * (stride - 1))))
        {
            FirstDestination = fixedTokens,
        };
    }
}
