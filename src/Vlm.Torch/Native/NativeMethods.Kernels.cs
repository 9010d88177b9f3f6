using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Kernels of the serving path.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_kernel_linear(TensorHandle x, ReadOnlySpan<IntPtr> weights, ReadOnlySpan<IntPtr> scales,
        ReadOnlySpan<IntPtr> biases, long numWeights, Span<IntPtr> result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_quantize(TensorHandle weight, out TensorHandle values, out TensorHandle scales);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_attention(TensorHandle q, TensorHandle k, TensorHandle v, double scale,
        TensorHandle keyBias, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_attention_means(TensorHandle q, TensorHandle k, double scale,
        TensorHandle keyBias, out TensorHandle first, out TensorHandle second);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_new_cache(ReadOnlySpan<long> sizes, long numSizes, int dtype,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_paged_attention(TensorHandle q, TensorHandle keyCache,
        TensorHandle valueCache, TensorHandle blockTables, TensorHandle queryStart, TensorHandle contextLength,
        double scale, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_write_cache(TensorHandle keyCache, TensorHandle valueCache, TensorHandle k,
        TensorHandle v, TensorHandle slots);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_add_attention(TensorHandle hidden, TensorHandle norm, double eps,
        ReadOnlySpan<IntPtr> weights, ReadOnlySpan<IntPtr> scales, ReadOnlySpan<IntPtr> biases, long headDim, double scale,
        ReadOnlySpan<IntPtr> step);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_add_gated_mlp(TensorHandle hidden, TensorHandle norm, double eps,
        ReadOnlySpan<IntPtr> weights, ReadOnlySpan<IntPtr> scales, ReadOnlySpan<IntPtr> biases);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_rms_norm(TensorHandle x, TensorHandle weight, double eps,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_quick_gelu(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_silu_mul(TensorHandle gate, TensorHandle up, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_kernel_rotary(TensorHandle x, TensorHandle cos, TensorHandle sin,
        out TensorHandle result);
}
