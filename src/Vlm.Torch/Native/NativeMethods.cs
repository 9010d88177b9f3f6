using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

/// <summary>Declarations of vlmtorch.h, by its sections and in its order; no logic.</summary>
internal static partial class NativeMethods
{
    private const string Library = "vlmtorch";

    [LibraryImport(Library)]
    internal static partial IntPtr vt_last_error();

    [LibraryImport(Library)]
    internal static partial IntPtr vt_version();

    [LibraryImport(Library)]
    internal static partial int vt_set_num_threads(int count);

    [LibraryImport(Library)]
    internal static partial int vt_get_num_threads(out int result);

    [LibraryImport(Library)]
    internal static partial int vt_cuda_is_available([MarshalAs(UnmanagedType.U1)] out bool result);

    [LibraryImport(Library)]
    internal static partial int vt_cuda_device_count(out int result);

    [LibraryImport(Library)]
    internal static partial int vt_cuda_synchronize(int index);

    [LibraryImport(Library)]
    internal static partial int vt_generator_new(ulong seed, int deviceType, int deviceIndex,
        out GeneratorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_generator_free(IntPtr generator);

    [LibraryImport(Library)]
    internal static partial int vt_tensor_free(IntPtr x);

    [LibraryImport(Library)]
    internal static partial long vt_live_tensors();

    [LibraryImport(Library)]
    internal static unsafe partial int vt_from_memory(IntPtr data, ReadOnlySpan<long> sizes, long numSizes, int dtype,
        delegate* unmanaged<IntPtr, void> release, IntPtr context, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_data(TensorHandle x, out IntPtr result);

    [LibraryImport(Library)]
    internal static partial int vt_ndim(TensorHandle x, out long result);

    [LibraryImport(Library)]
    internal static partial int vt_sizes(TensorHandle x, Span<long> result, long numOut);

    [LibraryImport(Library)]
    internal static partial int vt_size(TensorHandle x, long dim, out long result);

    [LibraryImport(Library)]
    internal static partial int vt_numel(TensorHandle x, out long result);

    [LibraryImport(Library)]
    internal static partial int vt_element_size(TensorHandle x, out long result);

    [LibraryImport(Library)]
    internal static partial int vt_dtype(TensorHandle x, out int result);

    [LibraryImport(Library)]
    internal static partial int vt_device(TensorHandle x, out int type, out int index);

    [LibraryImport(Library)]
    internal static partial int vt_is_contiguous(TensorHandle x, [MarshalAs(UnmanagedType.U1)] out bool result);

    [LibraryImport(Library)]
    internal static partial int vt_item(TensorHandle x, out NativeScalar result);

    [LibraryImport(Library)]
    internal static partial int vt_to(TensorHandle x, int dtype, int deviceType, int deviceIndex,
        [MarshalAs(UnmanagedType.U1)] bool nonBlocking, [MarshalAs(UnmanagedType.U1)] bool copy,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_empty(ReadOnlySpan<long> sizes, long numSizes, int dtype, int deviceType,
        int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_full(ReadOnlySpan<long> sizes, long numSizes, NativeScalar value, int dtype,
        int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_empty_like(TensorHandle x, int dtype, int deviceType, int deviceIndex,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_arange(NativeScalar start, NativeScalar stop, NativeScalar step, int dtype,
        int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_eye(long rows, long columns, int dtype, int deviceType, int deviceIndex,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_rand(ReadOnlySpan<long> sizes, long numSizes, GeneratorHandle generator, int dtype,
        int deviceType, int deviceIndex, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_randn(ReadOnlySpan<long> sizes, long numSizes, GeneratorHandle generator,
        int dtype, int deviceType, int deviceIndex, out TensorHandle result);
}
