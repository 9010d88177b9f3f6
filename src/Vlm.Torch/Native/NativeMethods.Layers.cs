using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Layer functions and losses.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_linear(TensorHandle x, TensorHandle weight, TensorHandle bias,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_layer_norm(TensorHandle x, ReadOnlySpan<long> shape, long numShape,
        TensorHandle weight, TensorHandle bias, double eps, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_conv2d(TensorHandle x, TensorHandle weight, TensorHandle bias,
        ReadOnlySpan<long> stride, long numStride, ReadOnlySpan<long> padding, long numPadding,
        ReadOnlySpan<long> dilation, long numDilation, long groups, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_dropout(TensorHandle x, double p, [MarshalAs(UnmanagedType.U1)] bool training,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_dropout_(TensorHandle x, double p, [MarshalAs(UnmanagedType.U1)] bool training);

    [LibraryImport(Library)]
    internal static partial int vt_cross_entropy(TensorHandle x, TensorHandle target, TensorHandle weight,
        long reduction, long ignoreIndex, double labelSmoothing, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_mse_loss(TensorHandle x, TensorHandle target, long reduction,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_one_hot(TensorHandle x, long numClasses, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_pad(TensorHandle x, ReadOnlySpan<long> sizes, long numSizes, double value,
        out TensorHandle result);
}
