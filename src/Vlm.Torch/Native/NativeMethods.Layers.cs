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
    internal static partial int vt_cross_entropy(TensorHandle x, TensorHandle target, TensorHandle weight,
        long reduction, long ignoreIndex, double labelSmoothing, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_one_hot(TensorHandle x, long numClasses, out TensorHandle result);
}
