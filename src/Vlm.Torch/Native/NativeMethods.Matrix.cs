using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Products.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_matmul(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_mm(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bmm(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_addmm(TensorHandle x, TensorHandle a, TensorHandle b, double beta, double alpha,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_baddbmm(TensorHandle x, TensorHandle a, TensorHandle b, double beta, double alpha,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_outer(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_dot(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vt_einsum(string equation, ReadOnlySpan<IntPtr> tensors, long numTensors,
        out TensorHandle result);
}
