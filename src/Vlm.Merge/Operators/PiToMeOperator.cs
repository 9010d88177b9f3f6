using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// PiToMe's plan: tokens of low energy are protected, the rest merges pairwise (merging.md 3.1). Token 0 is the class
/// token.
/// </summary>
/// <param name="Margin">Cosine from which tokens count as alike.</param>
/// <param name="Alpha">Depth of the energy below the margin.</param>
/// <param name="Form">Energy.</param>
/// <param name="Split">Sources and destinations.</param>
internal sealed record PiToMeOperator(
    double Margin, double Alpha = 1, EnergyForm Form = EnergyForm.Released, EnergySplit Split = EnergySplit.Alternate)
{
    /// <summary>
    /// The 2 * removed patches of highest energy are split into sources and destinations, each source joins its nearest
    /// destination.
    /// Output: class token, protected patches by falling energy, destinations.
    /// </summary>
    /// <param name="metric">[B, T, C] with the class token, float32 or better.</param>
    /// <param name="removed">From 1 to half of the patches.</param>
    /// <param name="randomOrder">Permutation of so many items per picture, for a random split.</param>
    public TokenPlan Plan(Tensor metric, int removed, Func<long, Tensor>? randomOrder = null) =>
        PlanByScore(metric, Energies(Patches.Of(metric)), removed, randomOrder);

    /// <summary>The same with another score in the place of the energy.</summary>
    /// <param name="metric">[B, T, C] with the class token, float32 or better.</param>
    /// <param name="scores">[B, n], high where a patch is redundant.</param>
    /// <param name="removed">From 1 to half of the patches.</param>
    /// <param name="randomOrder">Permutation of so many items per picture, for a random split.</param>
    public TokenPlan PlanByScore(Tensor metric, Tensor scores, int removed, Func<long, Tensor>? randomOrder = null)
    {
        Tensor order = Kernels.Default.FallingOrder(scores); // [B, n]
        if (Split == EnergySplit.Random)
        {
            order = Shuffled(order, randomOrder!(2 * removed));
        }

        (RankRun kept, RankRun destinations, RankRun sources) = Divide(order.shape[1], removed);
        return new TokenPlan(Products.JoinNearest(metric, order, front: 1, kept, destinations, sources))
        {
            FirstDestination = 1 + kept.Count,
            Energies = scores,
        };
    }

    /// <summary>
    /// PiToMe-BSM: every patch takes part, alternately source and destination by energy, and the closest pairs merge
    /// (merging.md 4.1).
    /// </summary>
    /// <param name="metric">[B, T, C] with the class token and at least two patches, float32 or better.</param>
    /// <param name="removed">From 0 to half of the patches, rounded up.</param>
    public TokenPlan PlanUnprotected(Tensor metric, int removed)
    {
        Tensor energies = Energies(Patches.Of(metric));
        Tensor order = Kernels.Default.FallingOrder(energies); // [B, n]
        return new TokenPlan(Products.JoinClosest(metric, order, removed, classToken: true))
        {
            FirstDestination = 1 + ((order.shape[1] + 1) / 2) - removed,
            Energies = energies,
        };
    }

    /// <summary>Mean over all patches, itself included, of a function of the cosine: [B, n, C] to [B, n].</summary>
    internal Tensor Energies(Tensor patches) => Form switch
    {
        EnergyForm.Released => Products.MeanElu(patches, Margin, Alpha, step: 0),
        EnergyForm.Printed => Products.MeanElu(patches, Margin, Alpha, step: Margin),
        EnergyForm.Gaussian => Products.MeanBell(patches, 1 / (Sigma * Sigma)).mul_(2).sub_(1).div_(DensityScale),
        EnergyForm.Density => Products.MeanBell(patches, 0.5 / (Sigma * Sigma)).div_(DensityScale),
        _ => throw new InvalidOperationException($"Energy form: expected a defined value, found {Form}."),
    };

    private double Sigma => 1 - Margin;

    private double DensityScale => Sigma * Math.Sqrt(2 * Math.PI);

    // Ranks of the patches that stay alone, of destinations and of sources.
    private (RankRun Kept, RankRun Destinations, RankRun Sources) Divide(long patches, long removed)
    {
        RankRun kept = new(2 * removed, patches - (2 * removed));
        return Split switch
        {
            EnergySplit.Top => (default, new(removed, patches - removed), new(0, removed)),
            EnergySplit.Halves => (kept, new(removed, removed), new(0, removed)),
            _ => (kept, new(1, removed, Step: 2), new(0, removed, Step: 2)),
        };
    }

    // The first ranks in a random order.
    private static Tensor Shuffled(Tensor order, Tensor randomOrder)
    {
        long first = randomOrder.shape[1];
        return cat([order.narrow(1, 0, first).gather(1, randomOrder), order.narrow(1, first, order.shape[1] - first)], 1);
    }
}
