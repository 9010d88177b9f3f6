using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Views, copies, joining and splitting.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_contiguous(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_clone(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_view(TensorHandle x, ReadOnlySpan<long> sizes, long numSizes,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_reshape(TensorHandle x, ReadOnlySpan<long> sizes, long numSizes,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_permute(TensorHandle x, ReadOnlySpan<long> dims, long numDims,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_transpose(TensorHandle x, long dim0, long dim1, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_t(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_unsqueeze(TensorHandle x, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_squeeze(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_squeeze_dim(TensorHandle x, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_expand(TensorHandle x, ReadOnlySpan<long> sizes, long numSizes,
        [MarshalAs(UnmanagedType.U1)] bool @implicit, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_flatten(TensorHandle x, long start, long end, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_unflatten(TensorHandle x, long dim, ReadOnlySpan<long> sizes, long numSizes,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_narrow(TensorHandle x, long dim, long start, long length, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_slice(TensorHandle x, long dim, long start, long end, long step,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_select(TensorHandle x, long dim, long index, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_diagonal(TensorHandle x, long offset, long dim0, long dim1,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_repeat_interleave(TensorHandle x, long repeats, long dim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_triu(TensorHandle x, long diagonal, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_cat(ReadOnlySpan<IntPtr> tensors, long numTensors, long dim,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_stack(ReadOnlySpan<IntPtr> tensors, long numTensors, long dim,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_split_sizes(TensorHandle x, ReadOnlySpan<long> sizes, long numSizes, long dim,
        Span<IntPtr> result, long capacity, out long count);
}
