using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Division, extrema over several axes, and what has more than one native form.
    public partial class Tensor
    {
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? New(vt_div(Native, target.Native, out TensorHandle result), result)
                : New(vt_div_mode(Native, target.Native, rounding_mode.ToString(), out result), result);

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            if (rounding_mode == RoundingMode.None)
            {
                return New(vt_div_scalar(Native, target.Native, out TensorHandle result), result);
            }

            using Tensor divisor = torch.full([], target, dtype, device);
            return div(divisor, rounding_mode);
        }

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Same(
            rounding_mode == RoundingMode.None
                ? vt_div_(Native, target.Native)
                : vt_div_mode_(Native, target.Native, rounding_mode.ToString()));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
        {
            if (rounding_mode == RoundingMode.None)
            {
                return Same(vt_div_scalar_(Native, target.Native));
            }

            using Tensor divisor = torch.full([], target, dtype, device);
            return div_(divisor, rounding_mode);
        }

        public Tensor amax(params long[] dims) =>
            New(vt_amax(Native, dims, dims.Length, false, out TensorHandle result), result);

        public Tensor amax(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            Into(@out, New(vt_amax(Native, dims, dims.Length, keepdim, out TensorHandle result), result));

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            amax((ReadOnlySpan<long>)dims, keepdim, @out);

        public Tensor amin(params long[] dims) =>
            New(vt_amin(Native, dims, dims.Length, false, out TensorHandle result), result);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            Into(@out, New(vt_amin(Native, dims, dims.Length, keepdim, out TensorHandle result), result));

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            amin((ReadOnlySpan<long>)dims, keepdim, @out);

        /// <summary>Same shape and same elements; the result has one element of type bool.</summary>
        public Tensor equal(Tensor target)
        {
            bool same = Get(vt_equal(Native, target.Native, out bool result), result);
            return torch.full([], same, ScalarType.Bool);
        }

        internal static int NoDtype(ScalarType? type) => type is { } value ? (int)value : -1;

        private static Tensor Into(Tensor? target, Tensor value)
        {
            if (target is null)
            {
                return value;
            }

            using (value)
            {
                return target.copy_(value);
            }
        }

        private static Tensor As(ScalarType? type, Tensor x, Func<TensorHandle, Tensor> compute)
        {
            if (type is not { } wanted || wanted == x.dtype)
            {
                return compute(x.Native);
            }

            using Tensor typed = x.to(wanted);
            return compute(typed.Native);
        }
    }

    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) =>
        left.div(right, rounding_mode);

    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) =>
        left.div(right, rounding_mode);

    public static Tensor amax(Tensor input, long[] dims, bool keepdim = false, Tensor? @out = null) =>
        input.amax(dims, keepdim, @out);

    public static Tensor amin(Tensor input, long[] dims, bool keepdim = false, Tensor? @out = null) =>
        input.amin(dims, keepdim, @out);

    public static Tensor equal(Tensor tensor, Tensor target) => tensor.equal(target);

    public static bool is_floating_point(Tensor input) => input.is_floating_point();

    public static long numel(Tensor input) => input.numel();
}
