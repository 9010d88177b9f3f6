using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Kernels of token merging.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_kernel_mean_elu_of_cosines(TensorHandle x, double margin, double alpha, double step,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_mean_bell_of_cosines(TensorHandle x, double sharpness, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_lower_ranked_cosines(TensorHandle x,
        [MarshalAs(UnmanagedType.U1)] bool countsItself, out TensorHandle first, out TensorHandle second);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_falling_order(TensorHandle values, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_join_nearest(TensorHandle x, TensorHandle order, long front, RankRun kept,
        RankRun destinations, RankRun sources, out TensorHandle first, out TensorHandle second, out TensorHandle third);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_join_closest(TensorHandle x, TensorHandle order, long joined,
        [MarshalAs(UnmanagedType.U1)] bool classToken, out TensorHandle first, out TensorHandle second,
        out TensorHandle third);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_join_both_ways(TensorHandle attractions, long joined,
        out TensorHandle first, out TensorHandle second, out TensorHandle third);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_reduce_groups(TensorHandle x, TensorHandle weights, TensorHandle anchors,
        TensorHandle sources, TensorHandle destinations, long firstDestination,
        [MarshalAs(UnmanagedType.U1)] bool isMean, out TensorHandle first, out TensorHandle second);
}
