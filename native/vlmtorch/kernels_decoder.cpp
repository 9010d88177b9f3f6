// The halves of a decoder layer, each behind a norm and added to the residual stream (IDecoderKernels): one call each,
// since the memory is idle while a caller prepares the next.
#include <utility>

#include "guard.h"
#include "kernels_parts.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
at::Tensor split_heads(const at::Tensor &x, int64_t dim) { return x.view({x.size(0), -1, dim}); }

at::Tensor attended(const at::Tensor &x, const std::vector<Matrix> &qkv, int64_t head_dim, double scale,
                    const VtDecoderStep &step) {
    const auto parts = linear(x, qkv);
    const at::Tensor q = rotary(split_heads(parts[0], head_dim), *step.cos, *step.sin);
    const at::Tensor k = rotary(split_heads(parts[1], head_dim), *step.cos, *step.sin);
    write_cache(*step.key_cache, *step.value_cache, k, split_heads(parts[2], head_dim), *step.slots);
    return paged_attention(q, *step.key_cache, *step.value_cache, *step.block_tables, *step.query_start,
                           *step.context_length, scale)
        .flatten(1);
}

at::Tensor gated(const at::Tensor &x, const std::vector<Matrix> &gate_up) {
    const auto parts = linear(x, gate_up);
    return silu_mul(parts[0], parts[1]);
}

void check_rows(const at::Tensor &hidden) {
    TORCH_CHECK(hidden.dim() == 2, "decoder layer: expected hidden [T, C], found ", hidden.sizes());
}

// The matrices of `x`, and the last one, which takes what is made of their products.
std::pair<std::vector<Matrix>, std::vector<Matrix>> split_last(std::vector<Matrix> all) {
    const Matrix last = all.back();
    all.pop_back();
    return {all, {last}};
}

void add_attention(const at::Tensor &hidden, const at::Tensor &norm, double eps, std::vector<Matrix> matrices,
                   int64_t head_dim, double scale, const VtDecoderStep &step) {
    check_rows(hidden);
    const auto split = split_last(std::move(matrices));
    const at::Tensor x = attended(rms_norm(hidden, norm, eps), split.first, head_dim, scale, step);
    hidden.add_(linear(x, split.second)[0]);
}

void add_gated_mlp(const at::Tensor &hidden, const at::Tensor &norm, double eps, std::vector<Matrix> matrices) {
    check_rows(hidden);
    const auto split = split_last(std::move(matrices));
    const at::Tensor x = gated(rms_norm(hidden, norm, eps), split.first);
    hidden.add_(linear(x, split.second)[0]);
}
} // namespace

int32_t vt_kernel_add_attention(const VtTensor *hidden, const VtTensor *norm, double eps, VtTensor *const *weights,
                                VtTensor *const *scales, VtTensor *const *biases, int64_t head_dim, double scale,
                                const VtDecoderStep *step) {
    VT_GUARD(add_attention(*hidden, *norm, eps, matrices_of(weights, scales, biases, 4), head_dim, scale, *step);)
}

int32_t vt_kernel_add_gated_mlp(const VtTensor *hidden, const VtTensor *norm, double eps, VtTensor *const *weights,
                                VtTensor *const *scales, VtTensor *const *biases) {
    VT_GUARD(add_gated_mlp(*hidden, *norm, eps, matrices_of(weights, scales, biases, 3));)
}
