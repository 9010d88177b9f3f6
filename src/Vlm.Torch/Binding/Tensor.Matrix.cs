using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Products.
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => New(vt_matmul(Native, target.Native, out TensorHandle result), result);

        public Tensor mm(Tensor target) => New(vt_mm(Native, target.Native, out TensorHandle result), result);

        public Tensor bmm(Tensor batch2) => New(vt_bmm(Native, batch2.Native, out TensorHandle result), result);

        public Tensor outer(Tensor vec2) => New(vt_outer(Native, vec2.Native, out TensorHandle result), result);

        public Tensor dot(Tensor target) => New(vt_dot(Native, target.Native, out TensorHandle result), result);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            New(vt_addmm(Native, mat1.Native, mat2.Native, beta, alpha, out TensorHandle result), result);

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            New(vt_baddbmm(Native, batch1.Native, batch2.Native, beta, alpha, out TensorHandle result), result);
    }
}
