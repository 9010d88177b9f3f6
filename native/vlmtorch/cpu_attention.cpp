// Attention on the CPU. Many queries: per head, blocks of query rows against all keys by BLAS, the logits of a block
// staying in the cache. Few queries (decode): keys and values are streamed once, without a copy.
#include <algorithm>
#include <limits>
#include <vector>

#include "cpu.h"
#include "simd.h"

namespace vlmtorch {
namespace cpu {
namespace {
constexpr int64_t kFewQueries = 8;

// Blocks of rows of q against k and v; causal_offset: row j sees keys 0..causal_offset + j, or all where negative.
template <class T> struct Head {
    const T *q, *k, *v, *bias;
    int64_t queries, keys, dim, q_stride, k_stride, v_stride, causal_offset;
    T scale;
    T *out;
    int64_t out_stride;
};

template <class T> void attend(const Head<T> &head, std::vector<T> &logits) {
    logits.resize(static_cast<size_t>(kQueryBlock * head.keys));
    for (int64_t first = 0; first < head.queries; first += kQueryBlock) {
        const int64_t rows = std::min(kQueryBlock, head.queries - first);
        const int64_t seen =
            head.causal_offset < 0 ? head.keys : std::min(head.keys, head.causal_offset + first + rows);
        gemm<T>(true, rows, seen, head.dim, T(1), head.q + first * head.q_stride, head.q_stride, head.k, head.k_stride,
                T(0), logits.data(), seen);
        for (int64_t row = 0; row < rows; ++row) {
            const int64_t count = head.causal_offset < 0 ? seen : head.causal_offset + first + row + 1;
            softmax_row<T>(logits.data() + row * seen, head.bias, count, head.scale);
            std::fill(logits.data() + row * seen + count, logits.data() + (row + 1) * seen, T(0));
        }
        gemm<T>(false, rows, head.dim, seen, T(1), logits.data(), seen, head.v, head.v_stride, T(0),
                head.out + first * head.out_stride, head.out_stride);
    }
}

template <class T> VT_INLINE void dots_body(const T *q, const T *k, int64_t stride, int64_t keys, int64_t dim, T *out) {
    for (int64_t key = 0; key < keys; ++key, k += stride) {
        out[key] = dot_lanes<T>(q, k, dim);
    }
}

template <class T>
VT_INLINE void blend_body(const T *weights, const T *v, int64_t stride, int64_t keys, int64_t dim, T *__restrict out) {
    for (int64_t key = 0; key < keys; ++key, v += stride) {
        const T weight = weights[key];
        for (int64_t i = 0; i < dim; ++i) {
            out[i] += weight * v[i];
        }
    }
}

VT_SIMD(dots, (const T *q, const T *k, int64_t stride, int64_t keys, int64_t dim, T *out),
        (q, k, stride, keys, dim, out))
VT_SIMD(blend, (const T *weights, const T *v, int64_t stride, int64_t keys, int64_t dim, T *out),
        (weights, v, stride, keys, dim, out))

// Calls visit(first row of the block for this key-value head, keys before it, keys in it) for `keys` cached tokens.
template <class T, class F>
void for_each_block(const Paged<T> &p, const T *cache, int64_t sequence, int64_t kv_head, int64_t keys,
                    const F &visit) {
    const int64_t block = p.block_size * p.kv_heads * p.dim;
    for (int64_t at = 0; at < keys; at += p.block_size) {
        const int64_t id = p.tables[sequence * p.table_width + at / p.block_size];
        visit(cache + id * block + kv_head * p.dim, at, std::min(p.block_size, keys - at));
    }
}

template <class T> void decode(const Paged<T> &p, int64_t sequence, int64_t head, T *out, std::vector<T> &logits) {
    const int64_t kv_head = head / (p.heads / p.kv_heads);
    const int64_t stride = p.kv_heads * p.dim;
    const int64_t queries = p.starts[sequence + 1] - p.starts[sequence];
    logits.resize(static_cast<size_t>(p.lengths[sequence]));
    for (int64_t j = 0; j < queries; ++j) {
        const int64_t at = ((p.starts[sequence] + j) * p.heads + head) * p.dim;
        const int64_t keys = p.lengths[sequence] - queries + j + 1;
        for_each_block(p, p.keys, sequence, kv_head, keys, [&](const T *rows, int64_t first, int64_t count) {
            dots<T>(p.q + at, rows, stride, count, p.dim, logits.data() + first);
        });
        softmax_row<T>(logits.data(), nullptr, keys, p.scale);
        std::fill(out + at, out + at + p.dim, T(0));
        for_each_block(p, p.values, sequence, kv_head, keys, [&](const T *rows, int64_t first, int64_t count) {
            blend<T>(logits.data() + first, rows, stride, count, p.dim, out + at);
        });
    }
}

template <class T> struct Buffers { std::vector<T> keys, values, logits; };

template <class T> void prefill(const Paged<T> &p, int64_t sequence, int64_t head, T *out, Buffers<T> &buffers) {
    const int64_t kv_head = head / (p.heads / p.kv_heads);
    const int64_t length = p.lengths[sequence];
    const int64_t queries = p.starts[sequence + 1] - p.starts[sequence];
    const auto gather = [&](const T *cache, std::vector<T> &into) {
        into.resize(static_cast<size_t>(length * p.dim));
        for_each_block(p, cache, sequence, kv_head, length, [&](const T *rows, int64_t first, int64_t count) {
            for (int64_t i = 0; i < count; ++i) {
                const T *row = rows + i * p.kv_heads * p.dim;
                std::copy(row, row + p.dim, into.data() + (first + i) * p.dim);
            }
        });
    };
    gather(p.keys, buffers.keys);
    gather(p.values, buffers.values);
    const int64_t at = (p.starts[sequence] * p.heads + head) * p.dim;
    const int64_t stride = p.heads * p.dim;
    attend<T>({p.q + at, buffers.keys.data(), buffers.values.data(), nullptr, queries, length, p.dim, stride, p.dim,
               p.dim, length - queries, p.scale, out + at, stride},
              buffers.logits);
}
} // namespace

template <class T> void attention(const Attention<T> &p, T *out) {
    const SerialBlas serial;
    for_each_task(p.batch * p.heads, [&](int64_t task) {
        thread_local std::vector<T> logits;
        const int64_t b = task / p.heads;
        const int64_t h = task % p.heads;
        attend<T>({p.q + b * p.q_stride[0] + h * p.q_stride[1], p.k + b * p.k_stride[0] + h * p.k_stride[1],
                   p.v + b * p.v_stride[0] + h * p.v_stride[1], p.bias == nullptr ? nullptr : p.bias + b * p.keys,
                   p.queries, p.keys, p.dim, p.q_stride[2], p.k_stride[2], p.v_stride[2], -1, p.scale,
                   out + (b * p.queries * p.heads + h) * p.dim, p.heads * p.dim},
                  logits);
    });
}

template <class T> void paged_attention(const Paged<T> &p, T *out) {
    const SerialBlas serial;
    for_each_task(p.sequences * p.heads, [&](int64_t task) {
        thread_local Buffers<T> buffers;
        const int64_t sequence = task / p.heads;
        const int64_t queries = p.starts[sequence + 1] - p.starts[sequence];
        if (queries == 0) {
            return;
        }
        if (queries <= kFewQueries) {
            decode<T>(p, sequence, task % p.heads, out, buffers.logits);
        } else {
            prefill<T>(p, sequence, task % p.heads, out, buffers);
        }
    });
}

template void attention<float>(const Attention<float> &, float *);
template void attention<double>(const Attention<double> &, double *);
template void paged_attention<float>(const Paged<float> &, float *);
template void paged_attention<double>(const Paged<double> &, double *);
} // namespace cpu
} // namespace vlmtorch
