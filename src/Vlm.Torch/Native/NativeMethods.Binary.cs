using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Two operands, broadcast.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_add(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_add_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_add_(TensorHandle x, TensorHandle other);

    [LibraryImport(Library)]
    internal static partial int vt_add_scalar_(TensorHandle x, NativeScalar other);

    [LibraryImport(Library)]
    internal static partial int vt_sub(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sub_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_sub_(TensorHandle x, TensorHandle other);

    [LibraryImport(Library)]
    internal static partial int vt_sub_scalar_(TensorHandle x, NativeScalar other);

    [LibraryImport(Library)]
    internal static partial int vt_mul(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_mul_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_mul_(TensorHandle x, TensorHandle other);

    [LibraryImport(Library)]
    internal static partial int vt_mul_scalar_(TensorHandle x, NativeScalar other);

    [LibraryImport(Library)]
    internal static partial int vt_div(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_div_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_div_(TensorHandle x, TensorHandle other);

    [LibraryImport(Library)]
    internal static partial int vt_div_scalar_(TensorHandle x, NativeScalar other);

    [LibraryImport(Library)]
    internal static partial int vt_pow(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_pow_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_pow_(TensorHandle x, TensorHandle other);

    [LibraryImport(Library)]
    internal static partial int vt_pow_scalar_(TensorHandle x, NativeScalar other);

    [LibraryImport(Library)]
    internal static partial int vt_add_scaled(TensorHandle x, TensorHandle other, NativeScalar alpha,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_add_scaled_(TensorHandle x, TensorHandle other, NativeScalar alpha);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vt_div_mode(TensorHandle x, TensorHandle other, string rounding,
        out TensorHandle result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vt_div_mode_(TensorHandle x, TensorHandle other, string rounding);

    [LibraryImport(Library)]
    internal static partial int vt_rsub_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_rdiv_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_remainder(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_remainder_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_floor_divide(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_maximum(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_minimum(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_logical_and(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_logical_or(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_logical_xor(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bitwise_and(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bitwise_or(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bitwise_xor(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_lerp(TensorHandle x, TensorHandle end, TensorHandle weight,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_addcmul(TensorHandle x, TensorHandle a, TensorHandle b, NativeScalar value,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_addcmul_(TensorHandle x, TensorHandle a, TensorHandle b, NativeScalar value);

    [LibraryImport(Library)]
    internal static partial int vt_addcdiv(TensorHandle x, TensorHandle a, TensorHandle b, NativeScalar value,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_addcdiv_(TensorHandle x, TensorHandle a, TensorHandle b, NativeScalar value);

    [LibraryImport(Library)]
    internal static partial int vt_clamp(TensorHandle x, NativeScalar low, NativeScalar high,
        out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_clamp_(TensorHandle x, NativeScalar low, NativeScalar high);

    [LibraryImport(Library)]
    internal static partial int vt_eq(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_eq_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_ne(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_ne_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_lt(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_lt_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_le(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_le_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_gt(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_gt_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_ge(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_ge_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_equal(TensorHandle x, TensorHandle other,
        [MarshalAs(UnmanagedType.U1)] out bool result);

    [LibraryImport(Library)]
    internal static partial int vt_allclose(TensorHandle x, TensorHandle other, double rtol, double atol,
        [MarshalAs(UnmanagedType.U1)] bool equalNan, [MarshalAs(UnmanagedType.U1)] out bool result);

    [LibraryImport(Library)]
    internal static partial int vt_isclose(TensorHandle x, TensorHandle other, double rtol, double atol,
        [MarshalAs(UnmanagedType.U1)] bool equalNan, out TensorHandle result);
}
