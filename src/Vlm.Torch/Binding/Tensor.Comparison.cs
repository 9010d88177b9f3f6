using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Comparisons.
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => New(vt_eq(Native, target.Native, out TensorHandle result), result);

        public Tensor eq(Scalar target) => New(vt_eq_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor ne(Tensor target) => New(vt_ne(Native, target.Native, out TensorHandle result), result);

        public Tensor ne(Scalar target) => New(vt_ne_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor lt(Tensor target) => New(vt_lt(Native, target.Native, out TensorHandle result), result);

        public Tensor lt(Scalar target) => New(vt_lt_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor le(Tensor target) => New(vt_le(Native, target.Native, out TensorHandle result), result);

        public Tensor le(Scalar target) => New(vt_le_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor gt(Tensor target) => New(vt_gt(Native, target.Native, out TensorHandle result), result);

        public Tensor gt(Scalar target) => New(vt_gt_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor ge(Tensor target) => New(vt_ge(Native, target.Native, out TensorHandle result), result);

        public Tensor ge(Scalar target) => New(vt_ge_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            New(vt_isclose(Native, other.Native, rtol, atol, nanEqual, out TensorHandle result), result);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Get(vt_allclose(Native, target.Native, rtol, atol, equal_nan, out bool result), result);
    }
}
