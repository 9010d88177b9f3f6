using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Element by element; a trailing underscore works in place.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_abs(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_neg(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sqrt(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_rsqrt(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_log(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sin(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_cos(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sigmoid(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_square(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_isfinite(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_exp_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_silu(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_silu_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_gelu(TensorHandle x, out TensorHandle result);
}
