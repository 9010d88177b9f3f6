using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Products.
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => New(vt_matmul(Native, target.Native, out TensorHandle result), result);

        public Tensor bmm(Tensor batch2) => New(vt_bmm(Native, batch2.Native, out TensorHandle result), result);
    }
}
