using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Views, copies, splitting.
    public partial class Tensor
    {
        public Tensor contiguous() => New(vt_contiguous(Native, out TensorHandle result), result);

        public Tensor clone() => New(vt_clone(Native, out TensorHandle result), result);

        public Tensor view(params long[] shape) =>
            New(vt_view(Native, shape, shape.Length, out TensorHandle result), result);

        public Tensor reshape(params long[] shape) =>
            New(vt_reshape(Native, shape, shape.Length, out TensorHandle result), result);

        public Tensor permute(params long[] permutation) =>
            New(vt_permute(Native, permutation, permutation.Length, out TensorHandle result), result);

        public Tensor transpose(long dim0, long dim1) =>
            New(vt_transpose(Native, dim0, dim1, out TensorHandle result), result);

        public Tensor t() => New(vt_t(Native, out TensorHandle result), result);

        public Tensor unsqueeze(long dim) => New(vt_unsqueeze(Native, dim, out TensorHandle result), result);

        public Tensor squeeze(long? dim = null) =>
            dim is { } axis
                ? New(vt_squeeze_dim(Native, axis, out TensorHandle result),
                result)
                : New(vt_squeeze(Native, out result), result);

        public Tensor expand(params long[] sizes) =>
            New(vt_expand(Native, sizes, sizes.Length, false, out TensorHandle result), result);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) =>
            New(vt_flatten(Native, start_dim, end_dim, out TensorHandle result), result);

        public Tensor unflatten(long dim, params long[] sizes) =>
            New(vt_unflatten(Native, dim, sizes, sizes.Length, out TensorHandle result), result);

        public Tensor narrow(long dim, long start, long length) =>
            New(vt_narrow(Native, dim, start, length, out TensorHandle result), result);

        public Tensor slice(long dim, long start, long finish, long step) =>
            New(vt_slice(Native, dim, start, finish, step, out TensorHandle result), result);

        public Tensor select(long dim, long index) =>
            New(vt_select(Native, dim, index, out TensorHandle result), result);

        public Tensor this[long i1] => select(0, i1);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) =>
            New(vt_diagonal(Native, offset, dim1, dim2, out TensorHandle result), result);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            New(vt_repeat_interleave(Native, repeats, dim ?? long.MinValue, out TensorHandle result), result);

        public Tensor triu(long diagonal = 0) => New(vt_triu(Native, diagonal, out TensorHandle result), result);

        internal Tensor[] split(long[] sizes, long dim = 0)
        {
            IntPtr[] parts = new IntPtr[sizes.Length];
            return New(vt_split_sizes(Native, sizes, sizes.Length, dim, parts, parts.Length, out long count), parts, count);
        }
    }
}
