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
    public static Tensor Prune(this TokenPlan plan, Tensor x) => Take(x, plan.Anchors);

    /// <summary>Sum over each group.</summary>
    public static Tensor Sum(this TokenPlan plan, Tensor x) =>
        plan.AddTo(Take(x, plan.Anchors), Take(x, plan.Sources));

    /// <summary>Mean over each group, every token counting once.</summary>
    public static Tensor Mean(this TokenPlan plan, Tensor x)
    {
        Tensor means = plan.Sum(x);
        Tensor counts = plan.AddTo(
            ones(plan.BatchSize, plan.NumOutputs, x.dtype, x.device),
            ones(plan.BatchSize, plan.Sources.shape[1], x.dtype, x.device));
        plan.Tail(means).div_(plan.Tail(counts).unsqueeze(-1));
        return means;
    }

    /// <summary>Mean over each group, every token counting by its size.</summary>
    /// <param name="plan">Who merges into whom.</param>
    /// <param name="x">[B, T, C].</param>
    /// <param name="sizes">[B, T], in the dtype of <paramref name="x"/>.</param>
    public static Tensor WeightedMean(this TokenPlan plan, Tensor x, Tensor sizes)
    {
        Tensor means = Take(x, plan.Anchors);
        Tensor tail = plan.Tail(means);
        tail.mul_(plan.Tail(Take(sizes, plan.Anchors)).unsqueeze(-1));
        plan.AddTo(means, Take(x, plan.Sources).mul_(Take(sizes, plan.Sources).unsqueeze(-1)));
        tail.div_(plan.Tail(plan.Sum(sizes)).unsqueeze(-1));
        return means;
    }

    /// <summary>
    /// ToFu's mean as ported (merging.md 6.1): z M / |d| with the plain mean z, the largest norm M of the group and the
    /// norm |d| of its anchor; z itself for an anchor of norm 0.
    /// </summary>
    public static Tensor RescaledMean(this TokenPlan plan, Tensor x)
    {
        Tensor norms = x.norm(2);
        Tensor anchors = plan.Tail(Take(norms, plan.Anchors));
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

    /// <summary>Rows by index: [B, T, ...] and int64 [B, m] to [B, m, ...].</summary>
    internal static Tensor Take(Tensor x, Tensor index) =>
        Flat(x).index_select(0, FlatIndex(index, x.shape[1])).unflatten(0, index.shape);

    private static Tensor AddTo(this TokenPlan plan, Tensor outputs, Tensor sources)
    {
        Flat(outputs).index_add_(0, FlatIndex(plan.Destinations, plan.NumOutputs), Flat(sources), 1);
        return outputs;
    }

    private static Tensor Tail(this TokenPlan plan, Tensor outputs) =>
        outputs.narrow(1, plan.FirstDestination, plan.NumOutputs - plan.FirstDestination);

    // Largest value of each group that may have sources: [B, T] to the tail of [B, T']. The comparison of every output
    // with every source is small beside the similarities that made the plan.
    private static Tensor LargestOf(this TokenPlan plan, Tensor values)
    {
        Tensor anchors = plan.Tail(Take(values, plan.Anchors));
        if (plan.Sources.shape[1] == 0)
        {
            return anchors.clone();
        }

        Tensor outputs = arange(plan.FirstDestination, plan.NumOutputs, ScalarType.Int64, values.device).unsqueeze(1);
        Tensor isOther = plan.Destinations.unsqueeze(1).ne(outputs); // [B, tail, k]
        Tensor candidates = Take(values, plan.Sources).unsqueeze(1).expand(-1, outputs.shape[0], -1);
        return candidates.masked_fill(isOther, double.NegativeInfinity).amax(2).maximum(anchors);
    }

    private static Tensor Flat(Tensor x) => x.flatten(0, 1);

    // One index per row of [B * T, ...]: a gather over [B, T, C] would need an int64 index of the size of the features.
    private static Tensor FlatIndex(Tensor index, long tokens)
    {
        if (index.shape[0] > 1)
        {
            Tensor offsets = arange(index.shape[0], ScalarType.Int64, index.device).mul_(tokens);
            index = index.add(offsets.unsqueeze(1));
        }

        return index.flatten();
    }
}
