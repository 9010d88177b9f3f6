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
        Tensor cosines = Symmetric(metric, diagonal: double.NegativeInfinity);
        (_, Tensor order) = LowerRanked(cosines, Ranking(cosines)).sort(1, descending: true, stable: true);
        Tensor sources = order.narrow(1, 0, removed);
        (Tensor destinations, _) = order.narrow(1, removed, order.shape[1] - removed).sort(1);
        Tensor toEach = TokenReductions.Take(cosines, sources); // [B, k, n]
        Tensor to = destinations.unsqueeze(1).expand(-1, removed, -1);
        return new TokenPlan(
            Patches.BehindClassToken(destinations), sources.add(1), toEach.gather(2, to).argmax(2).add_(1))
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
        Tensor cosines = Symmetric(metric, diagonal: -1, isAdded: true);
        Tensor ranking = Ranking(cosines);
        (_, Tensor order) = LowerRanked(cosines, ranking).gather(1, ranking).sort(1, descending: true, stable: true);
        Tensor sources = order.narrow(1, 0, removed);
        return new TokenPlan(
            Patches.BehindClassToken(order.narrow(1, removed, order.shape[1] - removed)), sources.add(1), ones_like(sources))
        {
            FirstDestination = 1,
        };
    }

    // Cosines of the patches, the same both ways to the last bit, so that a pair of mutual neighbours ties exactly.
    private static Tensor Symmetric(Tensor metric, double diagonal, bool isAdded = false)
    {
        Tensor cosines = Cosine.Matrix(Patches.Of(metric));
        cosines = cosines.maximum(cosines.transpose(1, 2));
        Tensor self = cosines.diagonal(0, 1, 2);
        _ = isAdded ? self.add_(diagonal) : self.fill_(diagonal);
        return cosines;
    }

    // Patches by falling similarity to their nearest: int64 [B, n].
    private static Tensor Ranking(Tensor cosines)
    {
        (_, Tensor ranking) = cosines.amax(2).sort(1, descending: true, stable: true);
        return ranking;
    }

    // Similarity of each patch to its nearest among those ranked below it: [B, n], -infinity for the last.
    private static Tensor LowerRanked(Tensor cosines, Tensor ranking)
    {
        Tensor rank = ranking.scatter(1, ranking, Patches.Range(ranking, ranking.shape[1])); // place of each patch
        Tensor isAbove = rank.unsqueeze(1).le(rank.unsqueeze(2)); // [B, patch, other]
        return cosines.masked_fill(isAbove, double.NegativeInfinity).amax(2);
    }
}
