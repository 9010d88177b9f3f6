// Gradients of attention on the CPU. The weights are computed again, block by block of query rows, instead of being kept
// from the forward pass (Dao et al. 2022, arXiv 2205.14135, section 3.1): nothing of size T x S stays in memory.
#include <algorithm>
#include <vector>

#include "cpu.h"
#include "simd.h"

namespace vlmtorch {
namespace cpu {
namespace {
// logits = scale * weights * (gradient - <gradient, weights>), the gradient through softmax and scale, per row.
template <class T> VT_INLINE void through_softmax_body(const T *weights, T *__restrict gradient, int64_t count, T scale) {
    const T mean = dot_lanes<T>(weights, gradient, count);
    for (int64_t i = 0; i < count; ++i) {
        gradient[i] = scale * weights[i] * (gradient[i] - mean);
    }
}

VT_SIMD(through_softmax, (const T *weights, T *gradient, int64_t count, T scale), (weights, gradient, count, scale))

template <class T> struct Head {
    const T *q, *k, *v, *bias, *dout;
    T *dq, *dk, *dv; // rows of width `stride` apart, as dout
    int64_t stride;
};

template <class T> void differentiate(const Attention<T> &p, const Head<T> &head, std::vector<T> &buffer) {
    buffer.resize(static_cast<size_t>(2 * kQueryBlock * p.keys));
    T *weights = buffer.data();
    T *gradient = weights + kQueryBlock * p.keys;
    for (int64_t first = 0; first < p.queries; first += kQueryBlock) {
        const int64_t rows = std::min(kQueryBlock, p.queries - first);
        const T *q = head.q + first * p.q_stride[2];
        const T *dout = head.dout + first * head.stride;
        const T beta = first == 0 ? T(0) : T(1);
        gemm<T>(true, rows, p.keys, p.dim, T(1), q, p.q_stride[2], head.k, p.k_stride[2], T(0), weights, p.keys);
        gemm<T>(true, rows, p.keys, p.dim, T(1), dout, head.stride, head.v, p.v_stride[2], T(0), gradient, p.keys);
        for (int64_t row = 0; row < rows; ++row) {
            softmax_row<T>(weights + row * p.keys, head.bias, p.keys, p.scale);
        }
        gemm_tn<T>(p.keys, p.dim, rows, weights, p.keys, dout, head.stride, beta, head.dv, head.stride);
        for (int64_t row = 0; row < rows; ++row) {
            through_softmax<T>(weights + row * p.keys, gradient + row * p.keys, p.keys, p.scale);
        }
        gemm_tn<T>(p.keys, p.dim, rows, gradient, p.keys, q, p.q_stride[2], beta, head.dk, head.stride);
        gemm<T>(false, rows, p.dim, p.keys, T(1), gradient, p.keys, head.k, p.k_stride[2], T(0),
                head.dq + first * head.stride, head.stride);
    }
}
} // namespace

template <class T> void attention_backward(const Attention<T> &p, const T *dout, T *dq, T *dk, T *dv) {
    const SerialBlas serial;
    const int64_t stride = p.heads * p.dim;
    for_each_task(p.batch * p.heads, [&](int64_t task) {
        thread_local std::vector<T> buffer;
        const int64_t b = task / p.heads;
        const int64_t h = task % p.heads;
        const int64_t at_query = b * p.queries * stride + h * p.dim;
        const int64_t at_key = b * p.keys * stride + h * p.dim;
        differentiate<T>(p,
                         {p.q + b * p.q_stride[0] + h * p.q_stride[1], p.k + b * p.k_stride[0] + h * p.k_stride[1],
                          p.v + b * p.v_stride[0] + h * p.v_stride[1], p.bias == nullptr ? nullptr : p.bias + b * p.keys,
                          dout + at_query, dq + at_query, dk + at_key, dv + at_key, stride},
                         buffer);
    });
}

template void attention_backward<float>(const Attention<float> &, const float *, float *, float *, float *);
template void attention_backward<double>(const Attention<double> &, const double *, double *, double *, double *);
} // namespace cpu
} // namespace vlmtorch
