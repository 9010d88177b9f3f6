using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Reductions, scans, ordering.
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) =>
            New(vt_sum(Native, NoDtype(type), out TensorHandle result), result);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        internal Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            New(vt_sum_dims(Native, dim, dim.Length, keepdim, NoDtype(type), out TensorHandle result), result);

        public Tensor mean() => New(vt_mean(Native, out TensorHandle result), result);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            New(vt_mean_dims(Native, dimensions, dimensions.Length, keepdim, NoDtype(type), out TensorHandle result),
                result);

        internal Tensor norm(float p = 2) => New(vt_norm(Native, p, out TensorHandle result), result);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) =>
            New(vt_norm_dim(Native, p, dim, keepdim, out TensorHandle result), result);

        internal Tensor max() => New(vt_max(Native, out TensorHandle result), result);

        public (Tensor, Tensor) max(long dim, bool keepdim = false) =>
            New(vt_max_dim(Native, dim, keepdim, out TensorHandle first, out TensorHandle second), first, second);

        public Tensor argmax(long dim, bool keepdim = false) =>
            New(vt_argmax(Native, dim, keepdim, out TensorHandle result), result);

        public Tensor all() => New(vt_all(Native, out TensorHandle result), result);

        public Tensor cumsum(long dim, ScalarType? type = null) =>
            New(vt_cumsum(Native, dim, NoDtype(type), out TensorHandle result), result);

        public Tensor softmax(long dim, ScalarType? dtype = null) =>
            New(vt_softmax(Native, dim, NoDtype(dtype), out TensorHandle result), result);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) =>
            New(vt_log_softmax(Native, dim, NoDtype(dtype), out TensorHandle result), result);

        public (Tensor, Tensor) sort(long dim = -1, bool descending = false, bool stable = false) =>
            New(vt_sort(Native, dim, descending, stable, out TensorHandle first, out TensorHandle second), first,
                second);

        public (Tensor, Tensor) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            New(vt_topk(Native, k, dim, largest, sorted, out TensorHandle first, out TensorHandle second), first,
                second);
    }
}
