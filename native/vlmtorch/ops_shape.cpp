// Views, joins and indexing: each export is one ATen call.
#include "convert.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

// Views, copies, joining and splitting.
int32_t vt_contiguous(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->contiguous());) }
int32_t vt_clone(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->clone());) }
int32_t vt_view(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, VtTensor **out) {
    VT_GUARD(put(out, x->view(ints(sizes, num_sizes)));)
}
int32_t vt_reshape(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, VtTensor **out) {
    VT_GUARD(put(out, x->reshape(ints(sizes, num_sizes)));)
}
int32_t vt_permute(const VtTensor *x, const int64_t *dims, int64_t num_dims, VtTensor **out) {
    VT_GUARD(put(out, x->permute(ints(dims, num_dims)));)
}
int32_t vt_transpose(const VtTensor *x, int64_t dim0, int64_t dim1, VtTensor **out) {
    VT_GUARD(put(out, x->transpose(dim0, dim1));)
}
int32_t vt_t(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->t());) }
int32_t vt_unsqueeze(const VtTensor *x, int64_t dim, VtTensor **out) { VT_GUARD(put(out, x->unsqueeze(dim));) }
int32_t vt_squeeze(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->squeeze());) }
int32_t vt_squeeze_dim(const VtTensor *x, int64_t dim, VtTensor **out) { VT_GUARD(put(out, x->squeeze(dim));) }
int32_t vt_expand(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, uint8_t implicit, VtTensor **out) {
    VT_GUARD(put(out, x->expand(ints(sizes, num_sizes), implicit != 0));)
}
int32_t vt_flatten(const VtTensor *x, int64_t start, int64_t end, VtTensor **out) {
    VT_GUARD(put(out, x->flatten(start, end));)
}
int32_t vt_unflatten(const VtTensor *x, int64_t dim, const int64_t *sizes, int64_t num_sizes, VtTensor **out) {
    VT_GUARD(put(out, unflatten(*x, dim, ints(sizes, num_sizes)));)
}
int32_t vt_narrow(const VtTensor *x, int64_t dim, int64_t start, int64_t length, VtTensor **out) {
    VT_GUARD(put(out, x->narrow(dim, start, length));)
}
int32_t vt_slice(const VtTensor *x, int64_t dim, int64_t start, int64_t end, int64_t step, VtTensor **out) {
    VT_GUARD(put(out, x->slice(dim, start, end, step));)
}
int32_t vt_select(const VtTensor *x, int64_t dim, int64_t index, VtTensor **out) {
    VT_GUARD(put(out, x->select(dim, index));)
}
int32_t vt_diagonal(const VtTensor *x, int64_t offset, int64_t dim0, int64_t dim1, VtTensor **out) {
    VT_GUARD(put(out, x->diagonal(offset, dim0, dim1));)
}
int32_t vt_repeat_interleave(const VtTensor *x, int64_t repeats, int64_t dim, VtTensor **out) {
    VT_GUARD(put(out, x->repeat_interleave(repeats, maybe(dim)));)
}
int32_t vt_triu(const VtTensor *x, int64_t diagonal, VtTensor **out) { VT_GUARD(put(out, x->triu(diagonal));) }
int32_t vt_cat(VtTensor *const *tensors, int64_t num_tensors, int64_t dim, VtTensor **out) {
    VT_GUARD(put(out, at::cat(list(tensors, num_tensors), dim));)
}
int32_t vt_stack(VtTensor *const *tensors, int64_t num_tensors, int64_t dim, VtTensor **out) {
    VT_GUARD(put(out, at::stack(list(tensors, num_tensors), dim));)
}
int32_t vt_split_sizes(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, int64_t dim, VtTensor **out,
                       int64_t capacity, int64_t *count) {
    VT_GUARD(put(out, capacity, count, x->split_with_sizes(ints(sizes, num_sizes), dim));)
}

// Reading and writing by index or mask.
int32_t vt_index_select(const VtTensor *x, int64_t dim, const VtTensor *index, VtTensor **out) {
    VT_GUARD(put(out, x->index_select(dim, *index));)
}
int32_t vt_index_add_(VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source, VtScalar alpha) {
    VT_GUARD(x->index_add_(dim, *index, *source, scalar(alpha));)
}
int32_t vt_index_copy_(VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source) {
    VT_GUARD(x->index_copy_(dim, *index, *source);)
}
int32_t vt_gather(const VtTensor *x, int64_t dim, const VtTensor *index, VtTensor **out) {
    VT_GUARD(put(out, x->gather(dim, *index));)
}
int32_t vt_scatter(const VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source, VtTensor **out) {
    VT_GUARD(put(out, x->scatter(dim, *index, *source));)
}
int32_t vt_scatter_(VtTensor *x, int64_t dim, const VtTensor *index, const VtTensor *source) {
    VT_GUARD(x->scatter_(dim, *index, *source);)
}
int32_t vt_masked_fill(const VtTensor *x, const VtTensor *mask, VtScalar value, VtTensor **out) {
    VT_GUARD(put(out, x->masked_fill(*mask, scalar(value)));)
}
int32_t vt_masked_fill_(VtTensor *x, const VtTensor *mask, VtScalar value) {
    VT_GUARD(x->masked_fill_(*mask, scalar(value));)
}
int32_t vt_where(const VtTensor *condition, const VtTensor *x, const VtTensor *y, VtTensor **out) {
    VT_GUARD(put(out, at::where(*condition, *x, *y));)
}
int32_t vt_copy_(VtTensor *x, const VtTensor *source, uint8_t non_blocking) {
    VT_GUARD(x->copy_(*source, non_blocking != 0);)
}
int32_t vt_fill_(VtTensor *x, VtScalar value) { VT_GUARD(x->fill_(scalar(value));) }
