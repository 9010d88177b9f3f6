using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Element by element; a trailing underscore works in place and returns the same tensor.
    public partial class Tensor
    {
        internal Tensor abs() => New(vt_abs(Native, out TensorHandle result), result);

        public Tensor neg() => New(vt_neg(Native, out TensorHandle result), result);

        public Tensor sqrt() => New(vt_sqrt(Native, out TensorHandle result), result);

        public Tensor rsqrt() => New(vt_rsqrt(Native, out TensorHandle result), result);

        public Tensor log() => New(vt_log(Native, out TensorHandle result), result);

        public Tensor sin() => New(vt_sin(Native, out TensorHandle result), result);

        public Tensor cos() => New(vt_cos(Native, out TensorHandle result), result);

        public Tensor sigmoid() => New(vt_sigmoid(Native, out TensorHandle result), result);

        public Tensor square() => New(vt_square(Native, out TensorHandle result), result);

        public Tensor isfinite() => New(vt_isfinite(Native, out TensorHandle result), result);

        public Tensor exp_() => Same(vt_exp_(Native));
    }
}
