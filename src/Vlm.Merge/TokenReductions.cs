using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// What becomes of the tokens of a group (merging.md section 0). Tensors enter as [B, T, ...] in float32 or better and
/// leave as
/// [B, T', ...], in the dispose scope of the caller. The anchor is added first, then the sources in plan order; on a
/// GPU the
/// order of the sources is not fixed.
/// </summary>
public static class TokenReductions
{
    /// <summary>Only the anchors stay.</summary>
    public static Tensor Prune(this TokenPlan plan, Tensor x) => Rows.Take(x, plan.Anchors);

    /// <summary>Sum over each group.</summary>
    public static Tensor Sum(this TokenPlan plan, Tensor x) => Kernels.Default.SumOfGroups(x, plan.Joins);

    /// <summary>Mean over each group, every token counting once.</summary>
    public static Tensor Mean(this TokenPlan plan, Tensor x) => plan.MeansAndSizes(x, null).Means;

    /// <summary>Mean over each group, every token counting by its size.</summary>
    /// <param name="plan">Who merges into whom.</param>
    /// <param name="x">[B, T, C].</param>
    /// <param name="sizes">[B, T], in the dtype of <paramref name="x"/>.</param>
    public static Tensor WeightedMean(this TokenPlan plan, Tensor x, Tensor sizes) => plan.MeansAndSizes(x, sizes).Means;

    /// <summary>
    /// ToFu's mean as ported (merging.md 6.1): z M / |d| with the plain mean z, the largest norm M of the group and the
    /// norm |d| of its anchor; z itself for an anchor of norm 0.
    /// </summary>
    public static Tensor RescaledMean(this TokenPlan plan, Tensor x)
    {
        Tensor norms = x.norm(2);
        Tensor anchors = plan.Tail(Rows.Take(norms, plan.Anchors));
        Tensor factor = plan.LargestOf(norms).div_(anchors);
        Tensor means = plan.Mean(x);
        plan.Tail(means).mul_(factor.masked_fill_(anchors.eq(0), 1).unsqueeze(-1));
        return means;
    }

    /// <summary>
    /// MLERP (merging.md 6.2): direction of the plain mean, norm of the largest member; zero for a mean of norm 0.
    /// </summary>
    public static Tensor NormKeepingMean(this TokenPlan plan, Tensor x)
    {
        Tensor means = plan.Mean(x);
        Tensor tail = plan.Tail(means);
        tail.mul_(plan.LargestOf(x.norm(2)).div_(Cosine.Norms(tail)).unsqueeze(-1));
        return means;
    }

    /// <summary>Largest value of each group of a 0/1 mask: a merged token is real if any of its members is.</summary>
    /// <param name="plan">Who merges into whom.</param>
    /// <param name="mask">bool [B, T].</param>
    /// <returns>bool [B, T'].</returns>
    public static Tensor Any(this TokenPlan plan, Tensor mask) => plan.Sum(mask.to_type(ScalarType.Float32)).gt(0);

    /// <summary>The mean by size and the sizes of the groups; sizes are 1 where there are none.</summary>
    internal static (Tensor Means, Tensor Sizes) MeansAndSizes(this TokenPlan plan, Tensor x, Tensor? sizes) =>
        Kernels.Default.MeanOfGroups(x, sizes, plan.Joins, plan.FirstDestination);

    private static Tensor Tail(this TokenPlan plan, Tensor outputs) =>
        outputs.narrow(1, plan.FirstDestination, plan.NumOutputs - plan.FirstDestination);

    // Largest value of each group that may have sources: [B, T] to the tail of [B, T']. The comparison of every output
    // with every source is small beside the similarities that made the plan.
    private static Tensor LargestOf(this TokenPlan plan, Tensor values)
    {
        Tensor anchors = plan.Tail(Rows.Take(values, plan.Anchors));
        if (plan.Sources.shape[1] == 0)
        {
            return anchors.clone();
        }

        Tensor outputs = arange(plan.FirstDestination, plan.NumOutputs, ScalarType.Int64, values.device).unsqueeze(1);
        Tensor isOther = plan.Destinations.unsqueeze(1).ne(outputs); // [B, tail, k]
        Tensor candidates = Rows.Take(values, plan.Sources).unsqueeze(1).expand(-1, outputs.shape[0], -1);
        return candidates.masked_fill(isOther, double.NegativeInfinity).amax(2).maximum(anchors);
    }
}
