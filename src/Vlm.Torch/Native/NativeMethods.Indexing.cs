using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Reading and writing by index or mask.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_index_select(TensorHandle x, long dim, TensorHandle index,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_index_add_(TensorHandle x, long dim, TensorHandle index, TensorHandle source,
        NativeScalar alpha);

    [LibraryImport(Library)]
    internal static partial int vt_index_copy_(TensorHandle x, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial int vt_gather(TensorHandle x, long dim, TensorHandle index, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_scatter(TensorHandle x, long dim, TensorHandle index, TensorHandle source,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_scatter_(TensorHandle x, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial int vt_masked_fill(TensorHandle x, TensorHandle mask, NativeScalar value,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_masked_fill_(TensorHandle x, TensorHandle mask, NativeScalar value);

    [LibraryImport(Library)]
    internal static partial int vt_where(TensorHandle condition, TensorHandle x, TensorHandle y,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_copy_(TensorHandle x, TensorHandle source,
        [MarshalAs(UnmanagedType.U1)] bool nonBlocking);

    [LibraryImport(Library)]
    internal static partial int vt_fill_(TensorHandle x, NativeScalar value);
}
