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

        public Tensor lt(Scalar target) => New(vt_lt_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor le(Tensor target) => New(vt_le(Native, target.Native, out TensorHandle result), result);

        public Tensor gt(Scalar target) => New(vt_gt_scalar(Native, target.Native, out TensorHandle result), result);

        public Tensor ge(Tensor target) => New(vt_ge(Native, target.Native, out TensorHandle result), result);

        public Tensor ge(Scalar target) => New(vt_ge_scalar(Native, target.Native, out TensorHandle result), result);
    }
}
