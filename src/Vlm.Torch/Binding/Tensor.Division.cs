using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Division and extrema over several axes.
    public partial class Tensor
    {
        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? New(vt_div(Native, target.Native, out TensorHandle result), result)
                : New(vt_div_mode(Native, target.Native, rounding_mode.ToString(), out result), result);

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

        public Tensor amin(params long[] dims) =>
            New(vt_amin(Native, dims, dims.Length, false, out TensorHandle result), result);

        public Tensor amin(ReadOnlySpan<long> dims, bool keepdim = false, Tensor? @out = null) =>
            Into(@out, New(vt_amin(Native, dims, dims.Length, keepdim, out TensorHandle result), result));

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
    }
}
