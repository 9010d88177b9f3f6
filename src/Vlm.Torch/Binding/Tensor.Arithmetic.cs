using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Arithmetic with broadcasting; a trailing underscore works in place and returns the same tensor.
    public partial class Tensor
    {
        public Tensor add(Tensor target) => New(vt_add(Native, target.Native, out TensorHandle result), result);

        public Tensor add(Scalar scalar) => New(vt_add_scalar(Native, scalar.Native, out TensorHandle result), result);

        public Tensor add_(Tensor target) => Same(vt_add_(Native, target.Native));

        public Tensor add_(Scalar scalar) => Same(vt_add_scalar_(Native, scalar.Native));

        public Tensor sub(Tensor target) => New(vt_sub(Native, target.Native, out TensorHandle result), result);

        public Tensor sub(Scalar target) => New(vt_sub_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor sub_(Scalar target) => Same(vt_sub_scalar_(Native, target.Native));

        public Tensor mul(Tensor target) => New(vt_mul(Native, target.Native, out TensorHandle result), result);

        public Tensor mul(Scalar target) => New(vt_mul_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor mul_(Tensor target) => Same(vt_mul_(Native, target.Native));

        public Tensor mul_(Scalar target) => Same(vt_mul_scalar_(Native, target.Native));

        public Tensor pow(Scalar exponent) =>
            New(vt_pow_scalar(Native, exponent.Native, out TensorHandle result), result);

        public Tensor clamp_min(Scalar min) =>
            New(vt_clamp(Native, min.Native, default, out TensorHandle result), result);

        public Tensor clamp_max(Scalar max) =>
            New(vt_clamp(Native, default, max.Native, out TensorHandle result), result);

        public Tensor add_(Tensor target, Scalar alpha) => Same(vt_add_scaled_(Native, target.Native, alpha.Native));

        internal Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Same(vt_addcmul_(Native, tensor1.Native, tensor2.Native, value.Native));

        internal Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Same(vt_addcdiv_(Native, tensor1.Native, tensor2.Native, value.Native));

        public Tensor clamp_min_(Scalar min) => Same(vt_clamp_(Native, min.Native, default));

        public Tensor maximum(Tensor other) => New(vt_maximum(Native, other.Native, out TensorHandle result), result);

        public Tensor minimum(Tensor other) => New(vt_minimum(Native, other.Native, out TensorHandle result), result);

        public Tensor logical_and(Tensor other) =>
            New(vt_logical_and(Native, other.Native, out TensorHandle result), result);
    }
}
