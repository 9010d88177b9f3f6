using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Reading and writing by index or mask.
    public partial class Tensor
    {
        public Tensor index_select(long dim, Tensor index) =>
            New(vt_index_select(Native, dim, index.Native, out TensorHandle result), result);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Same(vt_index_add_(Native, dim, index.Native, source.Native, alpha.Native));

        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            Same(vt_index_copy_(Native, dim, index.Native, source.Native));

        public Tensor gather(long dim, Tensor index) =>
            New(vt_gather(Native, dim, index.Native, out TensorHandle result), result);

        public Tensor scatter(long dim, Tensor index, Tensor src) =>
            New(vt_scatter(Native, dim, index.Native, src.Native, out TensorHandle result), result);

        public Tensor scatter_(long dim, Tensor index, Tensor src) =>
            Same(vt_scatter_(Native, dim, index.Native, src.Native));

        public Tensor masked_fill(Tensor mask, Scalar value) =>
            New(vt_masked_fill(Native, mask.Native, value.Native, out TensorHandle result), result);

        public Tensor masked_fill_(Tensor mask, Scalar value) =>
            Same(vt_masked_fill_(Native, mask.Native, value.Native));

        internal Tensor where(Tensor condition, Tensor y) =>
            New(vt_where(condition.Native, Native, y.Native, out TensorHandle result), result);

        public Tensor copy_(Tensor source, bool nonBlocking = false) =>
            Same(vt_copy_(Native, source.Native, nonBlocking));

        public Tensor fill_(Scalar value) => Same(vt_fill_(Native, value.Native));
    }
}
