// Means of the attention probabilities on the CPU, block by block of query rows: nothing of size T x S stays in memory.
#include <algorithm>
#include <vector>

#include "cpu.h"
#include "simd.h"

namespace vlmtorch {
namespace cpu {
namespace {
template <class T> VT_INLINE void add_row_body(const T *row, T *__restrict total, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        total[i] += row[i];
    }
}

VT_SIMD(add_row, (const T *row, T *total, int64_t count), (row, total, count))

// received [S], given [T] of one head.
template <class T>
void mean_of_head(const Attention<T> &p, const T *q, const T *k, const T *bias, T *received, T *given) {
    thread_local std::vector<T> buffer;
    buffer.resize(static_cast<size_t>(kQueryBlock * p.keys));
    std::fill(received, received + p.keys, T(0));
    for (int64_t first = 0; first < p.queries; first += kQueryBlock) {
        const int64_t rows = std::min(kQueryBlock, p.queries - first);
        gemm<T>(true, rows, p.keys, p.dim, T(1), q + first * p.q_stride[2], p.q_stride[2], k, p.k_stride[2], T(0),
                buffer.data(), p.keys);
        for (int64_t row = 0; row < rows; ++row) {
            T *weights = buffer.data() + row * p.keys;
            softmax_row<T>(weights, bias, p.keys, p.scale);
            add_row<T>(weights, received, p.keys);
            given[first + row] = weights[0];
        }
    }
    for (int64_t i = 0; i < p.keys; ++i) {
        received[i] /= static_cast<T>(p.queries);
    }
}
} // namespace

template <class T> void attention_means(const Attention<T> &p, T *received, T *given) {
    const SerialBlas serial;
    for_each_task(p.batch * p.heads, [&](int64_t task) {
        const int64_t b = task / p.heads;
        const int64_t h = task % p.heads;
        mean_of_head<T>(p, p.q + b * p.q_stride[0] + h * p.q_stride[1], p.k + b * p.k_stride[0] + h * p.k_stride[1],
                        p.bias == nullptr ? nullptr : p.bias + b * p.keys, received + task * p.keys,
                        given + task * p.queries);
    });
}

template void attention_means<float>(const Attention<float> &, float *, float *);
template void attention_means<double>(const Attention<double> &, double *, double *);
} // namespace cpu
} // namespace vlmtorch
