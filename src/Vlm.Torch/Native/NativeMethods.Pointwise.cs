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
    internal static partial int vt_exp(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_log(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_log1p(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_expm1(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sin(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_cos(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_tanh(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_erf(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sigmoid(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_floor(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_ceil(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_trunc(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sign(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_square(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_reciprocal(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_relu(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_isnan(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_isinf(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_isfinite(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_logical_not(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bitwise_not(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_abs_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_neg_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_sqrt_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_rsqrt_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_exp_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_log_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_sin_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_cos_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_tanh_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_erf_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_sigmoid_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_floor_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_ceil_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_trunc_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_reciprocal_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_relu_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_logical_not_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_zero_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_round(TensorHandle x, long decimals, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_round_(TensorHandle x, long decimals);

    [LibraryImport(Library)]
    internal static partial int vt_silu(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_silu_(TensorHandle x);

    [LibraryImport(Library)]
    internal static partial int vt_gelu(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_gelu_(TensorHandle x);
}
