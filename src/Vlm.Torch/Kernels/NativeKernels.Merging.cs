using TorchSharp;
using Vlm.Torch.Native;
using static TorchSharp.torch;
using static Vlm.Torch.Native.NativeMethods;

namespace Vlm.Torch;

/// <summary>Token merging: own code for float32 and float64 on the CPU, plain operations for all else.</summary>
public sealed unsafe partial class NativeKernels
{
    public Tensor MeanEluOfCosines(Tensor x, double margin, double alpha, double step) => !HasOwnCode(x)
        ? _plain.MeanEluOfCosines(x, margin, alpha, step)
        : Make(vt_kernel_mean_elu_of_cosines(x.Native, margin, alpha, step, out TensorHandle result), result);

    public Tensor MeanBellOfCosines(Tensor x, double sharpness) => !HasOwnCode(x)
        ? _plain.MeanBellOfCosines(x, sharpness)
        : Make(vt_kernel_mean_bell_of_cosines(x.Native, sharpness, out TensorHandle result), result);

    public (Tensor Cosines, Tensor Ranking) LowerRankedCosines(Tensor x, bool countsItself) => !HasOwnCode(x)
        ? _plain.LowerRankedCosines(x, countsItself)
        : Tensor.New(
            vt_kernel_lower_ranked_cosines(x.Native, countsItself, out TensorHandle first, out TensorHandle second), first, second);

    public Tensor FallingOrder(Tensor values) => !HasOwnCode(values)
        ? _plain.FallingOrder(values)
        : Make(vt_kernel_falling_order(values.Native, out TensorHandle result), result);

    public Joins JoinNearest(Tensor x, Tensor order, long front, RankRun kept, RankRun destinations, RankRun sources) => !HasOwnCode(x)
        ? _plain.JoinNearest(x, order, front, kept, destinations, sources)
        : Make(
            vt_kernel_join_nearest(x.Native, order.Native, front, kept, destinations, sources,
                out TensorHandle first, out TensorHandle second, out TensorHandle third),
            first, second, third);

    public Joins JoinClosest(Tensor x, Tensor? order, long joined, bool classToken) => !HasOwnCode(x)
        ? _plain.JoinClosest(x, order, joined, classToken)
        : Make(
            vt_kernel_join_closest(x.Native, Tensor.OrAbsent(order), joined, classToken,
                out TensorHandle first, out TensorHandle second, out TensorHandle third),
            first, second, third);

    public Joins JoinBothWays(Tensor attractions, long joined) => !HasOwnCode(attractions)
        ? _plain.JoinBothWays(attractions, joined)
        : Make(
            vt_kernel_join_both_ways(attractions.Native, joined,
                out TensorHandle first, out TensorHandle second, out TensorHandle third),
            first, second, third);

    public Tensor SumOfGroups(Tensor x, Joins joins)
    {
        if (!HasOwnCode(x))
        {
            return _plain.SumOfGroups(x, joins);
        }

        (Tensor sums, Tensor counts) = Reduce(x, null, joins, 0, isMean: false);
        counts.Dispose();
        return sums;
    }

    public (Tensor Means, Tensor Weights) MeanOfGroups(Tensor x, Tensor? weights, Joins joins, long firstDestination) => !HasOwnCode(x)
        ? _plain.MeanOfGroups(x, weights, joins, firstDestination)
        : Reduce(x, weights, joins, firstDestination, isMean: true);

    private static (Tensor Values, Tensor Weights) Reduce(
        Tensor x, Tensor? weights, Joins joins, long firstDestination, bool isMean)
    {
        int status = vt_kernel_reduce_groups(x.Native, Tensor.OrAbsent(weights), joins.Anchors.Native, joins.Sources.Native,
            joins.Destinations.Native, firstDestination, isMean, out TensorHandle first, out TensorHandle second);
        return Tensor.New(status, first, second);
    }

    // The one place where the kernels are chosen instead of plain operations.
    private static bool HasOwnCode(Tensor x)
    {
        TorchException.Check(vt_wants_gradient(x.Native, out bool wantsGradient));
        return x.device.type == DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.Float64 && !wantsGradient;
    }

    private static Joins Make(int status, TensorHandle first, TensorHandle second, TensorHandle third)
    {
        TorchException.Check(status);
        return new Joins(Make(0, first), Make(0, second), Make(0, third));
    }
}
