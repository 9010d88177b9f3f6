// The kernels by ATen: any element type and device, and with gradients. Half precision keeps its softmax, its norm and
// its logits in float32, as the reference models do.
#include <torch/version.h>

#include <limits>

#include "kernels.h"

namespace vlmtorch {
namespace plain {
namespace {
at::ScalarType inner_type(const at::Tensor &x) { return x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat; }

// One sequence: q [T, H, D], k and v [S, K, D], query j sees keys 0..S-T+j.
at::Tensor causal(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, double scale) {
    const int64_t groups = q.size(1) / k.size(1);
    const int64_t queries = q.size(0);
    const int64_t keys = k.size(0);
    const auto type = inner_type(q);
    const at::Tensor kk = k.repeat_interleave(groups, 1).permute({1, 2, 0}); // [H, D, S]
    const at::Tensor vv = v.repeat_interleave(groups, 1).transpose(0, 1);    // [H, S, D]
    at::Tensor logits = at::matmul(q.transpose(0, 1).mul(scale), kk).to(type);
    const at::Tensor hidden = at::ones({queries, keys}, logits.options().dtype(at::kBool)).triu(keys - queries + 1);
    logits = logits.masked_fill(hidden, -std::numeric_limits<double>::infinity());
    return at::matmul(at::softmax(logits, -1).to(v.scalar_type()), vv).transpose(0, 1);
}

at::Tensor gather(const at::Tensor &cache, const at::Tensor &table, int64_t length) {
    const int64_t blocks = (length + cache.size(2) - 1) / cache.size(2);
    const at::Tensor rows = cache.index_select(0, table.slice(0, 0, blocks).to(cache.device()));
    return rows.transpose(1, 2).flatten(0, 1).slice(0, 0, length); // [S, K, D]
}
} // namespace

at::Tensor attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, double scale,
                     const Optional<at::Tensor> &bias) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 1)
    if (!q.is_cpu()) { // memory-efficient kernels; their softmax is in float32
        Optional<at::Tensor> mask;
        if (bias.has_value()) {
            mask = bias->to(q.scalar_type())
                       .unsqueeze(1)
                       .unsqueeze(1)
                       .expand({q.size(0), q.size(1), q.size(2), k.size(2)});
        }
        return at::scaled_dot_product_attention(q, k, v, mask, 0.0, false, scale);
    }
#endif
    const auto type = inner_type(q);
    at::Tensor logits = at::matmul(q.mul(scale), k.transpose(-2, -1)).to(type); // [B, H, T, S]
    if (bias.has_value()) {
        logits = logits.add(bias->to(type).unsqueeze(1).unsqueeze(1));
    }
    return at::matmul(at::softmax(logits, -1).to(v.scalar_type()), v);
}

std::tuple<at::Tensor, at::Tensor> attention_means(const at::Tensor &q, const at::Tensor &k, double scale,
                                                   const Optional<at::Tensor> &bias) {
    at::Tensor logits = at::matmul(q.mul(scale), k.transpose(-2, -1)).to(inner_type(q));
    if (bias.has_value()) {
        logits = logits.add(bias->to(logits.scalar_type()).unsqueeze(1).unsqueeze(1));
    }
    const at::Tensor map = at::softmax(logits, -1);
    return {map.mean({1, 2}), map.select(3, 0).mean(1)};
}

at::Tensor paged_attention(const at::Tensor &q, const at::Tensor &keys, const at::Tensor &values,
                           const at::Tensor &tables, const at::Tensor &starts, const at::Tensor &lengths,
                           double scale) {
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

void write_cache(const at::Tensor &keys, const at::Tensor &values, const at::Tensor &k, const at::Tensor &v,
                 const at::Tensor &slots) {
    const at::Tensor place = slots.to(keys.device());
    const torch::List<Optional<at::Tensor>> rows({place.div(keys.size(2), "floor"), place.remainder(keys.size(2))});
    keys.transpose(1, 2).index_put_(rows, k);
    values.transpose(1, 2).index_put_(rows, v);
}

at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double eps) {
    const at::Tensor wide = x.to(inner_type(x));
    const at::Tensor scale = wide.square().mean(-1, true).add(eps).rsqrt();
    return wide.mul(scale).to(x.scalar_type()).mul(weight);
}

at::Tensor quick_gelu(const at::Tensor &x) { return x.mul(at::sigmoid(x.mul(1.702))); }

at::Tensor silu_mul(const at::Tensor &gate, const at::Tensor &up) { return at::silu(gate).mul(up); }

at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin) {
    const int64_t half = x.size(-1) / 2;
    const at::Tensor turned = at::cat({x.slice(-1, half).neg(), x.slice(-1, 0, half)}, -1);
    return x.mul(cos.unsqueeze(1)).add(turned.mul(sin.unsqueeze(1)));
}
} // namespace plain
} // namespace vlmtorch
