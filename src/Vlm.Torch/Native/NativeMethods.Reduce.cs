using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Reductions, scans, ordering.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_sum(TensorHandle x, int dtype, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sum_dims(TensorHandle x, ReadOnlySpan<long> dims, long numDims,
        [MarshalAs(UnmanagedType.U1)] bool keepdim, int dtype, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_mean(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_mean_dims(TensorHandle x, ReadOnlySpan<long> dims, long numDims,
        [MarshalAs(UnmanagedType.U1)] bool keepdim, int dtype, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_norm(TensorHandle x, double p, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_norm_dim(TensorHandle x, double p, long dim,
        [MarshalAs(UnmanagedType.U1)] bool keepdim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_amax(TensorHandle x, ReadOnlySpan<long> dims, long numDims,
        [MarshalAs(UnmanagedType.U1)] bool keepdim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_amin(TensorHandle x, ReadOnlySpan<long> dims, long numDims,
        [MarshalAs(UnmanagedType.U1)] bool keepdim, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_max(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_max_dim(TensorHandle x, long dim, [MarshalAs(UnmanagedType.U1)] bool keepdim,
        out TensorHandle first, out TensorHandle second);

    [LibraryImport(Library)]
    internal static partial int vt_argmax(TensorHandle x, long dim, [MarshalAs(UnmanagedType.U1)] bool keepdim,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_all(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_cumsum(TensorHandle x, long dim, int dtype, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_softmax(TensorHandle x, long dim, int dtype, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_log_softmax(TensorHandle x, long dim, int dtype, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sort(TensorHandle x, long dim, [MarshalAs(UnmanagedType.U1)] bool descending,
        [MarshalAs(UnmanagedType.U1)] bool stable, out TensorHandle first, out TensorHandle second);

    [LibraryImport(Library)]
    internal static partial int vt_topk(TensorHandle x, long k, long dim, [MarshalAs(UnmanagedType.U1)] bool largest,
        [MarshalAs(UnmanagedType.U1)] bool sorted, out TensorHandle first, out TensorHandle second);
}
