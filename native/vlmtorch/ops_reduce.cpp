// Reductions, products and random numbers: each export is one ATen call.
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
int32_t vt_var_dims(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t unbiased, uint8_t keepdim,
                    VtTensor **out) {
    VT_GUARD(put(out, x->var(ints(dims, num_dims), unbiased != 0, keepdim != 0));)
}
int32_t vt_std_dims(const VtTensor *x, const int64_t *dims, int64_t num_dims, uint8_t unbiased, uint8_t keepdim,
                    VtTensor **out) {
    VT_GUARD(put(out, x->std(ints(dims, num_dims), unbiased != 0, keepdim != 0));)
}
int32_t vt_prod(const VtTensor *x, int32_t dtype, VtTensor **out) { VT_GUARD(put(out, x->prod(maybe_dtype(dtype)));) }
int32_t vt_prod_dim(const VtTensor *x, int64_t dim, uint8_t keepdim, int32_t dtype, VtTensor **out) {
    VT_GUARD(put(out, x->prod(dim, keepdim != 0, maybe_dtype(dtype)));)
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
int32_t vt_min(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->min());) }
int32_t vt_max_dim(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out0, VtTensor **out1) {
    VT_GUARD(put(out0, out1, x->max(dim, keepdim != 0));)
}
int32_t vt_min_dim(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out0, VtTensor **out1) {
    VT_GUARD(put(out0, out1, x->min(dim, keepdim != 0));)
}
int32_t vt_argmax(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->argmax(maybe(dim), keepdim != 0));)
}
int32_t vt_argmin(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->argmin(maybe(dim), keepdim != 0));)
}
int32_t vt_all(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->all());) }
int32_t vt_all_dim(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->all(dim, keepdim != 0));)
}
int32_t vt_any(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->any());) }
int32_t vt_any_dim(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->any(dim, keepdim != 0));)
}
int32_t vt_cumsum(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out) {
    VT_GUARD(put(out, x->cumsum(dim, maybe_dtype(dtype)));)
}
int32_t vt_cumprod(const VtTensor *x, int64_t dim, int32_t dtype, VtTensor **out) {
    VT_GUARD(put(out, x->cumprod(dim, maybe_dtype(dtype)));)
}
int32_t vt_logsumexp(const VtTensor *x, int64_t dim, uint8_t keepdim, VtTensor **out) {
    VT_GUARD(put(out, x->logsumexp(dim, keepdim != 0));)
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
int32_t vt_argsort(const VtTensor *x, int64_t dim, uint8_t descending, VtTensor **out) {
    VT_GUARD(put(out, x->argsort(dim, descending != 0));)
}
int32_t vt_topk(const VtTensor *x, int64_t k, int64_t dim, uint8_t largest, uint8_t sorted, VtTensor **out0,
                VtTensor **out1) {
    VT_GUARD(put(out0, out1, x->topk(k, dim, largest != 0, sorted != 0));)
}
int32_t vt_unique(const VtTensor *x, uint8_t sorted, uint8_t return_inverse, uint8_t return_counts, VtTensor **out0,
                  VtTensor **out1, VtTensor **out2) {
    VT_GUARD(put(out0, out1, out2, at::_unique2(*x, sorted != 0, return_inverse != 0, return_counts != 0));)
}

// Products.
int32_t vt_matmul(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->matmul(*other));) }
int32_t vt_mm(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->mm(*other));) }
int32_t vt_bmm(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->bmm(*other));) }
int32_t vt_addmm(const VtTensor *x, const VtTensor *a, const VtTensor *b, double beta, double alpha, VtTensor **out) {
    VT_GUARD(put(out, x->addmm(*a, *b, beta, alpha));)
}
int32_t vt_baddbmm(const VtTensor *x, const VtTensor *a, const VtTensor *b, double beta, double alpha, VtTensor **out) {
    VT_GUARD(put(out, x->baddbmm(*a, *b, beta, alpha));)
}
int32_t vt_outer(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->outer(*other));) }
int32_t vt_dot(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->dot(*other));) }
int32_t vt_einsum(const char *equation, VtTensor *const *tensors, int64_t num_tensors, VtTensor **out) {
    VT_GUARD(put(out, at::einsum(equation, list(tensors, num_tensors)));)
}

// Random numbers; generator may be null.
int32_t vt_normal_(VtTensor *x, double mean, double std, const VtGenerator *generator) {
    VT_GUARD(x->normal_(mean, std, maybe(generator));)
}
int32_t vt_uniform_(VtTensor *x, double low, double high, const VtGenerator *generator) {
    VT_GUARD(x->uniform_(low, high, maybe(generator));)
}
int32_t vt_bernoulli(const VtTensor *x, const VtGenerator *generator, VtTensor **out) {
    VT_GUARD(put(out, x->bernoulli(maybe(generator)));)
}
int32_t vt_bernoulli_(VtTensor *x, double p, const VtGenerator *generator) {
    VT_GUARD(x->bernoulli_(p, maybe(generator));)
}
int32_t vt_multinomial(const VtTensor *x, int64_t num_samples, uint8_t replacement, const VtGenerator *generator,
                       VtTensor **out) {
    VT_GUARD(put(out, x->multinomial(num_samples, replacement != 0, maybe(generator)));)
}
