using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>What an operator plans from.</summary>
/// <param name="Metric">[B, T, C], float32 or float64.</param>
/// <param name="Ratio">Share kept.</param>
/// <param name="Margin">Margin of the energies; other operators ignore it.</param>
/// <param name="Attention">Attention probabilities [B, H, T, T] for those that need them.</param>
public sealed record OperatorInput(Tensor Metric, double Ratio, double Margin, Tensor? Attention = null);

/// <summary>
/// Single merging steps by name, outside of any tower: for verification against reference data and for exploring.
/// </summary>
public static class MergeOperators
{
    /// <summary>
    /// Name, as in the reference data, to step. The plan belongs to the caller's dispose scope; a metric of another
    /// shape or
    /// type is an <see cref="ArgumentException"/>.
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
        return step(input).MoveToOuterDisposeScope();
    };

    private static TokenPlan Energy(OperatorInput input, PiToMeOperator step)
    {
        int removed = MergeSchedule.RemovedPatches(Tokens(input), input.Ratio);
        return removed == 0 ? TokenPlan.Identity(input.Metric) : step.Plan(input.Metric, removed);
    }

    // Unlike the others it has an order of its own when nothing is removed.
    private static TokenPlan Unprotected(OperatorInput input)
    {
        int patches = Tokens(input) - 1;
        int removed = Math.Min(MergeSchedule.Removed(patches, input.Ratio), patches / 2);
        return patches < 2
            ? TokenPlan.Identity(input.Metric)
            : new PiToMeOperator(input.Margin).PlanUnprotected(input.Metric, removed);
    }

    private static TokenPlan Plain(OperatorInput input, bool classToken)
    {
        int tokens = Tokens(input);
        int removed = classToken
            ? MergeSchedule.RemovedTokens(tokens, input.Ratio)
            : Math.Min(MergeSchedule.Removed(tokens, input.Ratio), tokens / 2);
        return removed == 0
            ? TokenPlan.Identity(input.Metric)
            : BipartiteMatching.Plan(input.Metric, removed, classToken);
    }

    private static int Tokens(OperatorInput input) => (int)input.Metric.shape[1];
}
