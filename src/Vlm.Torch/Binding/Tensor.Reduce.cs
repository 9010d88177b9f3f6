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

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            New(vt_sum_dims(Native, dim, dim.Length, keepdim, NoDtype(type), out TensorHandle result), result);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) =>
            New(vt_sum_dims(Native, dim, dim.Length, keepdim, NoDtype(type), out TensorHandle result), result);

        public Tensor mean() => New(vt_mean(Native, out TensorHandle result), result);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            New(vt_mean_dims(Native, dimensions, dimensions.Length, keepdim, NoDtype(type), out TensorHandle result),
                result);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            var([dim], unbiased, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(type, this, typed => New(vt_var_dims(typed, dimensions, dimensions.Length, unbiased, keepdim,
                out TensorHandle result), result));

        public Tensor var(bool unbiased = true) => var(Array.Empty<long>(), unbiased);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            std([dim], unbiased, keepdim, type);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(type, this, typed => New(vt_std_dims(typed, dimensions, dimensions.Length, unbiased, keepdim,
                out TensorHandle result), result));

        public Tensor std(bool unbiased = true) => std(Array.Empty<long>(), unbiased);

        public Tensor prod(ScalarType? type = null) =>
            New(vt_prod(Native, NoDtype(type), out TensorHandle result), result);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) =>
            New(vt_prod_dim(Native, dim, keepdim, NoDtype(type), out TensorHandle result), result);

        public Tensor norm(float p = 2) => New(vt_norm(Native, p, out TensorHandle result), result);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) =>
            New(vt_norm_dim(Native, p, dim, keepdim, out TensorHandle result), result);

        public Tensor max() => New(vt_max(Native, out TensorHandle result), result);

        public (Tensor, Tensor) max(long dim, bool keepdim = false) =>
            New(vt_max_dim(Native, dim, keepdim, out TensorHandle first, out TensorHandle second), first, second);

        public Tensor max(Tensor other) => New(vt_maximum(Native, other.Native, out TensorHandle result), result);

        public Tensor argmax() => New(vt_argmax(Native, long.MinValue, false, out TensorHandle result), result);

        public Tensor argmax(long dim, bool keepdim = false) =>
            New(vt_argmax(Native, dim, keepdim, out TensorHandle result), result);

        public Tensor min() => New(vt_min(Native, out TensorHandle result), result);

        public (Tensor, Tensor) min(long dim, bool keepdim = false) =>
            New(vt_min_dim(Native, dim, keepdim, out TensorHandle first, out TensorHandle second), first, second);

        public Tensor min(Tensor other) => New(vt_minimum(Native, other.Native, out TensorHandle result), result);

        public Tensor argmin() => New(vt_argmin(Native, long.MinValue, false, out TensorHandle result), result);

        public Tensor argmin(long dim, bool keepdim = false) =>
            New(vt_argmin(Native, dim, keepdim, out TensorHandle result), result);

        public Tensor all() => New(vt_all(Native, out TensorHandle result), result);

        public Tensor all(long dim, bool keepdim = false) =>
            New(vt_all_dim(Native, dim, keepdim, out TensorHandle result), result);

        public Tensor any() => New(vt_any(Native, out TensorHandle result), result);

        public Tensor any(long dim, bool keepdim = false) =>
            New(vt_any_dim(Native, dim, keepdim, out TensorHandle result), result);

        public Tensor cumsum(long dim, ScalarType? type = null) =>
            New(vt_cumsum(Native, dim, NoDtype(type), out TensorHandle result), result);

        public Tensor cumprod(long dim, ScalarType? type = null) =>
            New(vt_cumprod(Native, dim, NoDtype(type), out TensorHandle result), result);

        public Tensor logsumexp(long dim, bool keepdim = false) =>
            New(vt_logsumexp(Native, dim, keepdim, out TensorHandle result), result);

        public Tensor softmax(long dim, ScalarType? dtype = null) =>
            New(vt_softmax(Native, dim, NoDtype(dtype), out TensorHandle result), result);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) =>
            New(vt_log_softmax(Native, dim, NoDtype(dtype), out TensorHandle result), result);

        public (Tensor, Tensor) sort(long dim = -1, bool descending = false, bool stable = false) =>
            New(vt_sort(Native, dim, descending, stable, out TensorHandle first, out TensorHandle second), first,
                second);

        public Tensor argsort(long dim = -1, bool descending = false) =>
            New(vt_argsort(Native, dim, descending, out TensorHandle result), result);

        public (Tensor, Tensor) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            New(vt_topk(Native, k, dim, largest, sorted, out TensorHandle first, out TensorHandle second), first,
                second);

        public Tensor bincount(Tensor weights, long minlength = 0) =>
            New(vt_bincount(Native, OrAbsent(weights), minlength, out TensorHandle result), result);
    }
}
