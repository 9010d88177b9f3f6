// Kernels of the serving path (IKernels).
#include <ATen/ATen.h>

#include "convert.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
// Half precision computes in float32, float64 stays.
at::ScalarType inner_type(const at::Tensor& x) { return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale,
    const at::Tensor* bias) {
    const auto type = inner_type(q);
    at::Tensor logits = at::matmul(q.mul(scale), k.transpose(-2, -1)).to(type); // [B, H, T, S]
    if (bias != nullptr) {
        logits = logits.add(bias->to(type).unsqueeze(1).unsqueeze(1));
    }
    return at::matmul(at::softmax(logits, -1).to(v.scalar_type()), v);
}

// One sequence: q [T, H, D], k and v [S, K, D], query j sees keys 0..S-T+j.
at::Tensor causal(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale) {
    const int64_t groups = q.size(1) / k.size(1);
    const int64_t queries = q.size(0);
    const int64_t keys = k.size(0);
    const auto type = inner_type(q);
    const at::Tensor kk = k.repeat_interleave(groups, 1).permute({1, 2, 0}); // [H, D, S]
    const at::Tensor vv = v.repeat_interleave(groups, 1).transpose(0, 1);    // [H, S, D]
    at::Tensor logits = at::matmul(q.transpose(0, 1).mul(scale), kk).to(type);
    const at::Tensor hidden =
        at::ones({queries, keys}, logits.options().dtype(at::kBool)).triu(keys - queries + 1);
    logits = logits.masked_fill(hidden, -std::numeric_limits<double>::infinity());
    return at::matmul(at::softmax(logits, -1).to(v.scalar_type()), vv).transpose(0, 1);
}

at::Tensor gather(const at::Tensor& cache, const at::Tensor& table, int64_t length) {
    const int64_t blocks = (length + cache.size(1) - 1) / cache.size(1);
    const at::Tensor rows = cache.index_select(0, table.slice(0, 0, blocks).to(cache.device()));
    return rows.flatten(0, 1).slice(0, 0, length); // [S, K, D]
}

at::Tensor paged(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values, const at::Tensor& tables,
    const at::Tensor& starts, const at::Tensor& lengths, double scale) {
    at::Tensor out = at::empty_like(q);
    for (int64_t b = 0; b < tables.size(0); ++b) {
        const int64_t first = starts[b].item<int64_t>();
        const int64_t last = starts[b + 1].item<int64_t>();
        const int64_t length = lengths[b].item<int64_t>();
        if (last > first) {
            out.slice(0, first, last)
                .copy_(causal(q.slice(0, first, last), gather(keys, tables[b], length),
                    gather(values, tables[b], length), scale));
        }
    }
    return out;
}

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps) {
    const at::Tensor wide = x.to(inner_type(x));
    const at::Tensor scale = wide.square().mean(-1, true).add(eps).rsqrt();
    return wide.mul(scale).to(x.scalar_type()).mul(weight);
}

at::Tensor rotary(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
    const int64_t half = x.size(-1) / 2;
    const at::Tensor turned = at::cat({x.slice(-1, half).neg(), x.slice(-1, 0, half)}, -1);
    return x.mul(cos.unsqueeze(1)).add(turned.mul(sin.unsqueeze(1)));
}
} // namespace

int32_t vt_kernel_linear(const VtTensor* x, const VtTensor* weight, const VtTensor* bias, VtTensor** out) {
    VT_GUARD(put(out, at::linear(*x, *weight, maybe(bias)));)
}

int32_t vt_kernel_attention(const VtTensor* q, const VtTensor* k, const VtTensor* v, double scale,
    const VtTensor* key_bias, VtTensor** out) {
    VT_GUARD(put(out, attention(*q, *k, *v, scale, key_bias));)
}

int32_t vt_kernel_paged_attention(const VtTensor* q, const VtTensor* key_cache, const VtTensor* value_cache,
    const VtTensor* block_tables, const VtTensor* query_start, const VtTensor* context_length, double scale,
    VtTensor** out) {
    VT_GUARD(
        put(out, paged(*q, *key_cache, *value_cache, *block_tables, *query_start, *context_length, scale));)
}

int32_t vt_kernel_write_cache(const VtTensor* key_cache, const VtTensor* value_cache, const VtTensor* k,
    const VtTensor* v, const VtTensor* slots) {
    VT_GUARD(
        const at::Tensor rows = slots->to(key_cache->device());
        key_cache->flatten(0, 1).index_copy_(0, rows, *k);
        value_cache->flatten(0, 1).index_copy_(0, rows, *v);)
}

int32_t vt_kernel_rms_norm(const VtTensor* x, const VtTensor* weight, double eps, VtTensor** out) {
    VT_GUARD(put(out, rms_norm(*x, *weight, eps));)
}

int32_t vt_kernel_quick_gelu(const VtTensor* x, VtTensor** out) {
    VT_GUARD(put(out, x->mul(at::sigmoid(x->mul(1.702))));)
}

int32_t vt_kernel_silu_mul(const VtTensor* gate, const VtTensor* up, VtTensor** out) {
    VT_GUARD(put(out, at::silu(*gate).mul(*up));)
}

int32_t vt_kernel_rotary(const VtTensor* x, const VtTensor* cos, const VtTensor* sin, VtTensor** out) {
    VT_GUARD(put(out, rotary(*x, *cos, *sin));)
}
