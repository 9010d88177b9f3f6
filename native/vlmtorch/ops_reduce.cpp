// Reductions and products: each export is one ATen call.
#include "convert.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

// Reductions, scans, ordering.
int32_t vt_sum(const VtTensor *x, int32_t dtype, VtTensor **out) { VT_GUARD(put(out, x->sum(maybe_dtype(dtype)));) }
int32_t vt_sum_dims(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, int32_t dtype,
                    VtTensor **out) {
    VT_GUARD(put(out, x->sum(ints(dims, num_dims), keepdim != 0, maybe_dtype(dtype)));)
}
int32_t vt_mean(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->mean());) }
int32_t vt_mean_dims(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, int32_t dtype,
                     VtTensor **out) {
    VT_GUARD(put(out, x->mean(ints(dims, num_dims), keepdim != 0, maybe_dtype(dtype)));)
}
int32_t vt_norm(const VtTensor *x, double p, VtTensor **out) { VT_GUARD(put(out, x->norm(at::Scalar(p)));) }
int32_t vt_norm_dim(const VtTensor *x, double p, int64_t dim, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->norm(Optional<at::Scalar>(at::Scalar(p)), at::IntArrayRef(dim), keepdim != 0));)
}
int32_t vt_amax(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->amax(ints(dims, num_dims), keepdim != 0));)
}
int32_t vt_amin(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->amin(ints(dims, num_dims), keepdim != 0));)
}
int32_t vt_max(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->max());) }
int32_t vt_max_dim(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out0, VtTensor **out1) {
    VT_GUARD(put(out0, out1, x->max(dim, keepdim != 0));)
}
int32_t vt_argmax(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->argmax(maybe(dim), keepdim != 0));)
}
int32_t vt_all(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->all());) }
int32_t vt_cumsum(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out) {
    VT_GUARD(put(out, x->cumsum(dim, maybe_dtype(dtype)));)
}
int32_t vt_softmax(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out) {
    VT_GUARD(put(out, x->softmax(dim, maybe_dtype(dtype)));)
}
int32_t vt_log_softmax(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out) {
    VT_GUARD(put(out, x->log_softmax(dim, maybe_dtype(dtype)));)
}
int32_t vt_sort(const VtTensor *x, int64_t dim, uint8_t descending, uint8_t stable, VtTensor **out0, VtTensor **out1) {
    VT_GUARD(put(out0, out1, x->sort(Optional<bool>(stable != 0), dim, descending != 0));)
}
int32_t vt_topk(const VtTensor *x, int64_t k, int64_t dim, uint8_t largest, uint8_t sorted, VtTensor **out0,
                VtTensor **out1) {
    VT_GUARD(put(out0, out1, x->topk(k, dim, largest != 0, sorted != 0));)
}

// Products.
int32_t vt_matmul(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->matmul(*other));) }
int32_t vt_bmm(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->bmm(*other));) }
