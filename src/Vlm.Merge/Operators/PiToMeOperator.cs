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
        (_, Tensor order) = scores.sort(1, descending: true, stable: true); // [B, n]
        (Tensor sources, Tensor destinations, Tensor kept) = Divide(order, removed, randomOrder);
        Tensor anchors = Patches.BehindClassToken(cat([kept, destinations], 1));
        long firstDestination = 1 + kept.shape[1];
        sources = sources.add(1);
        Tensor nearest = Cosine.Nearest(metric, sources, anchors.narrow(1, firstDestination, destinations.shape[1]));
        return new TokenPlan(anchors, sources, nearest.add_(firstDestination))
        {
            FirstDestination = firstDestination,
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
        (_, Tensor order) = energies.sort(1, descending: true, stable: true); // [B, n]
        Tensor tokens = order.add(1);
        Tensor a = tokens.slice(1, 0, order.shape[1], 2);
        Tensor b = tokens.slice(1, 1, order.shape[1], 2);
        (Tensor best, Tensor nearest) =
            Products.Nearest(TokenReductions.Take(metric, a), TokenReductions.Take(metric, b));
        (_, Tensor byBest) = best.sort(1, descending: true, stable: true);
        Tensor merged = byBest.narrow(1, 0, removed);
        Tensor rest = byBest.narrow(1, removed, a.shape[1] - removed);

        long firstDestination = 1 + rest.shape[1];
        return new TokenPlan(
            cat([Patches.Range(a, 1), a.gather(1, rest), b], 1),
            a.gather(1, merged),
            nearest.gather(1, merged).add_(firstDestination))
        {
            FirstDestination = firstDestination,
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

    // Patches by falling score into sources, destinations and those that stay alone: [B, k], [B, m], [B, n - k - m].
    private (Tensor Sources, Tensor Destinations, Tensor Kept) Divide(
        Tensor order, long removed, Func<long, Tensor>? randomOrder)
    {
        long patches = order.shape[1];
        Tensor kept = order.narrow(1, 2 * removed, patches - (2 * removed));
        switch (Split)
        {
            case EnergySplit.Top:
                return (order.narrow(1, 0, removed), order.narrow(1, removed, patches - removed), order.narrow(1, 0, 0));
            case EnergySplit.Halves:
                return (order.narrow(1, 0, removed), order.narrow(1, removed, removed), kept);
            default:
                Tensor mergeable = order.narrow(1, 0, 2 * removed);
                mergeable = Split == EnergySplit.Random ? mergeable.gather(1, randomOrder!(2 * removed)) : mergeable;
                return (mergeable.slice(1, 0, 2 * removed, 2), mergeable.slice(1, 1, 2 * removed, 2), kept);
        }
    }
}
