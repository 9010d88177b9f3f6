using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Reading and writing by index or mask.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_index(TensorHandle x, ReadOnlySpan<NativeIndex> indices, long numIndices,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_index_put_(TensorHandle x, ReadOnlySpan<NativeIndex> indices, long numIndices,
        TensorHandle value, [MarshalAs(UnmanagedType.U1)] bool accumulate);

    [LibraryImport(Library)]
    internal static partial int vt_index_select(TensorHandle x, long dim, TensorHandle index,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_index_add(TensorHandle x, long dim, TensorHandle index, TensorHandle source,
        NativeScalar alpha, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_index_add_(TensorHandle x, long dim, TensorHandle index, TensorHandle source,
        NativeScalar alpha);

    [LibraryImport(Library)]
    internal static partial int vt_index_copy(TensorHandle x, long dim, TensorHandle index, TensorHandle source,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_index_copy_(TensorHandle x, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial int vt_index_fill_(TensorHandle x, long dim, TensorHandle index, NativeScalar value);

    [LibraryImport(Library)]
    internal static partial int vt_gather(TensorHandle x, long dim, TensorHandle index, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_scatter(TensorHandle x, long dim, TensorHandle index, TensorHandle source,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_scatter_(TensorHandle x, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial int vt_scatter_add(TensorHandle x, long dim, TensorHandle index, TensorHandle source,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_scatter_add_(TensorHandle x, long dim, TensorHandle index, TensorHandle source);

    [LibraryImport(Library)]
    internal static partial int vt_take_along_dim(TensorHandle x, TensorHandle index, long dim,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_masked_fill(TensorHandle x, TensorHandle mask, NativeScalar value,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_masked_fill_(TensorHandle x, TensorHandle mask, NativeScalar value);

    [LibraryImport(Library)]
    internal static partial int vt_masked_select(TensorHandle x, TensorHandle mask, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_where(TensorHandle condition, TensorHandle x, TensorHandle y,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_nonzero(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_copy_(TensorHandle x, TensorHandle source,
        [MarshalAs(UnmanagedType.U1)] bool nonBlocking);

    [LibraryImport(Library)]
    internal static partial int vt_fill_(TensorHandle x, NativeScalar value);

    [LibraryImport(Library)]
    internal static partial int vt_searchsorted(TensorHandle sorted, TensorHandle values,
        [MarshalAs(UnmanagedType.U1)] bool outInt32, [MarshalAs(UnmanagedType.U1)] bool right,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bincount(TensorHandle x, TensorHandle weights, long minLength,
        out TensorHandle result);
}
