using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>What an operator plans from.</summary>
/// <param name="Metric">[B, T, C], float32 or float64.</param>
/// <param name="Ratio">Share kept.</param>
/// <param name="Margin">Margin of the energies; other operators ignore it.</param>
/// <param name="Attention">Attention probabilities [B, H, T, T] for those that need them.</param>
public sealed record OperatorInput(Tensor Metric, double Ratio, double Margin, Tensor? Attention = null)
{
    /// <summary>Every how many tokens one stays (k-th bipartite matching).</summary>
    public int Stride { get; init; } = 2;

    /// <summary>Seed of random operators.</summary>
    public ulong Seed { get; init; }

    /// <summary>One number per picture, from which random operators draw; positions in the batch when null.</summary>
    public IReadOnlyList<ulong>? PictureSeeds { get; init; }

    /// <summary>Tokens T.</summary>
    internal int Tokens => (int)Metric.shape[1];

    /// <summary>Removed of so many tokens.</summary>
    internal int Removed(int counted) => MergeSchedule.Removed(counted, Ratio);

    /// <summary>Removed where patches are counted, at most half of them.</summary>
    internal int RemovedPatches => Math.Min(Removed(Tokens - 1), (Tokens - 1) / 2);
}

/// <summary>
/// Single merging steps by name, outside of any tower: for verification against reference data and for exploring.
/// </summary>
public static class MergeOperators
{
    /// <summary>
    /// Name, as in the reference data, to step. The plan belongs to the caller's dispose scope; a metric of another
    /// shape or type, with NaN or infinity, or attention of another shape is an <see cref="ArgumentException"/>. Token 0
    /// is a class token for all but <c>bsm_no_cls</c>, <c>kth_bipartite</c> and <c>random_bipartite</c>. The cosine
    /// transform is no plan and stands in <see cref="CosineTransform"/>.
    /// </summary>
    public static IReadOnlyDictionary<string, Func<OperatorInput, TokenPlan>> All { get; } =
        new Dictionary<string, Func<OperatorInput, TokenPlan>>
        {
            ["pitome"] = Checked(input => Energy(input, new(input.Margin))),
            ["pitome_alpha0"] = Checked(input => Energy(input, new(input.Margin, Alpha: 0))),
            ["pitome_paper_energy"] = Checked(input => Energy(input, new(input.Margin, Form: EnergyForm.Printed))),
            ["pitome_gauss_halves"] =
                Checked(input => Energy(input, new(input.Margin, 1, EnergyForm.Gaussian, EnergySplit.Halves))),
            ["pitome_text"] =
                Checked(input => Energy(input, new(input.Margin, 1, EnergyForm.Density, EnergySplit.Halves))),
            ["pitome_bsm"] = Checked(Unprotected),
            ["bsm"] = Checked(input => Plain(input, classToken: true)),
            ["bsm_no_cls"] = Checked(input => Plain(input, classToken: false)),
            ["cgsm"] = Checked(input => Complete(input, CompleteGraphMatching.Plan)),
            ["cgsm_port"] = Checked(input => Complete(input, CompleteGraphMatching.PlanAsPorted)),
            ["diffrate"] = Checked(ByImportance),
            ["mctf"] = Checked(BothWays),
            ["kth_bipartite"] = Checked(Strided),
            ["random_bipartite"] = Checked(RandomSources),
        };

    private static Func<OperatorInput, TokenPlan> Checked(Func<OperatorInput, TokenPlan> step) => input =>
    {
        Tensor metric = input.Metric;
        if (metric.dim() != 3 || metric.shape[1] == 0 || metric.dtype is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new ArgumentException(
                "metric: expected [B, T, C] in Float32 or Float64, "
                + $"found [{string.Join(", ", metric.shape)}] in {metric.dtype}.");
        }

        using DisposeScope scope = NewDisposeScope();
        if (!metric.isfinite().all().ToBoolean())
        {
            throw new ArgumentException("metric: expected finite numbers, found NaN or infinity.");
        }

        return step(input).MoveToOuterDisposeScope();
    };

    private static TokenPlan Energy(OperatorInput input, PiToMeOperator step) => input.RemovedPatches is > 0 and var removed
        ? step.Plan(input.Metric, removed)
        : TokenPlan.Identity(input.Metric);

    // Unlike the others it has an order of its own when nothing is removed.
    private static TokenPlan Unprotected(OperatorInput input) => input.Tokens < 3
        ? TokenPlan.Identity(input.Metric)
        : new PiToMeOperator(input.Margin).PlanUnprotected(input.Metric, input.RemovedPatches);

    private static TokenPlan Plain(OperatorInput input, bool classToken)
    {
        int most = (input.Tokens - (classToken ? 1 : 0)) / 2;
        int removed = Math.Min(input.Removed(input.Tokens), most);
        return removed == 0
            ? TokenPlan.Identity(input.Metric)
            : BipartiteMatching.Plan(input.Metric, removed, classToken);
    }

    private static TokenPlan Complete(OperatorInput input, Func<Tensor, int, TokenPlan> plan) =>
        input.RemovedPatches is > 0 and var removed ? plan(input.Metric, removed) : TokenPlan.Identity(input.Metric);

    // Sorts even when nothing is removed; of two tokens at ratio 0.5 the patch joins the class token.
    private static TokenPlan ByImportance(OperatorInput input)
    {
        long[] expected = [input.Metric.shape[0], input.Tokens, input.Tokens];
        if (input.Attention is not { } attention || !expected.SequenceEqual([.. attention.shape[..1], .. attention.shape[2..]]))
        {
            throw new ArgumentException(
                $"attention: expected [{expected[0]}, H, {expected[1]}, {expected[2]}], "
                + (input.Attention is null ? "found none." : $"found [{string.Join(", ", input.Attention.shape)}]."));
        }

        Tensor importance = Patches.Of(attention.select(2, 0).mean([1]));
        return ImportanceMatching.Plan(input.Metric, importance, input.Tokens, input.Tokens - input.Removed(input.Tokens));
    }

    private static TokenPlan BothWays(OperatorInput input)
    {
        int removed = Math.Min(input.Removed(input.Tokens), TwoWayMatching.Most(input.Tokens));
        return removed == 0
            ? TokenPlan.Identity(input.Metric)
            : TwoWayMatching.Plan(TwoWayMatching.Attractions(input.Metric), removed);
    }

    private static TokenPlan Strided(OperatorInput input) => input.Tokens < input.Stride || input.Stride < 2
        ? TokenPlan.Identity(input.Metric)
        : StridedMatching.Plan(input.Metric, input.Stride, fixedTokens: 0);

    private static TokenPlan RandomSources(OperatorInput input)
    {
        int removed = Math.Min(input.Removed(input.Tokens), input.Tokens - 1);
        IReadOnlyList<ulong> pictures = input.PictureSeeds ?? SeededOrder.Positions(input.Metric.shape[0]);
        Tensor order = SeededOrder.Draw(input.Seed, 0, pictures, input.Tokens).to(input.Metric.device);
        return removed == 0
            ? TokenPlan.Identity(input.Metric)
            : RandomMatching.Plan(input.Metric, order, removed, fixedTokens: 0);
    }
}
