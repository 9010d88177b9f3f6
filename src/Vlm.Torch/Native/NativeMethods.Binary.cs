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
    internal static partial int vt_div_(TensorHandle x, TensorHandle other);

    [LibraryImport(Library)]
    internal static partial int vt_div_scalar_(TensorHandle x, NativeScalar other);

    [LibraryImport(Library)]
    internal static partial int vt_pow_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_add_scaled_(TensorHandle x, TensorHandle other, NativeScalar alpha);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vt_div_mode(TensorHandle x, TensorHandle other, string rounding,
        out TensorHandle result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int vt_div_mode_(TensorHandle x, TensorHandle other, string rounding);

    [LibraryImport(Library)]
    internal static partial int vt_maximum(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_minimum(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_logical_and(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_addcmul_(TensorHandle x, TensorHandle a, TensorHandle b, NativeScalar value);

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
    internal static partial int vt_lt_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_le(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_gt_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_ge(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_ge_scalar(TensorHandle x, NativeScalar other, out TensorHandle result);
}
