// The kernels' own CPU code, for T = float and double; see the .cpp files for the layouts.
#pragma once
#include <ATen/Parallel.h>
#include <stdint.h>

#include <vector>

#include "cpu_share.h"
#include "cpu_weights.h"

namespace vlmtorch {
namespace cpu {
// Query rows of the gradients of attention that are worked on together: their logits stay in the cache.
constexpr int64_t kQueryBlock = 96;

// Whether OpenBLAS is the BLAS behind libtorch, so that products can be cut by our own threads.
bool has_blas();

// Keeps OpenBLAS on the calling thread while alive: its spinning pool would fight with that of at::parallel_for.
class SerialBlas {
  public:
    SerialBlas();
    ~SerialBlas();
    SerialBlas(const SerialBlas &) = delete;
    SerialBlas &operator=(const SerialBlas &) = delete;
};

// c [m, n] = alpha * a [m, k] * b + beta * c, row-major with leading dimensions; b is [n, k] where transposed, else [k,
// n].
template <class T>
void gemm(bool transposed, int64_t m, int64_t n, int64_t k, T alpha, const T *a, int64_t lda, const T *b, int64_t ldb,
          T beta, T *c, int64_t ldc);

// c [m, n] = a [k, m] transposed * b [k, n] + beta * c, row-major with leading dimensions.
template <class T>
void gemm_tn(int64_t m, int64_t n, int64_t k, const T *a, int64_t lda, const T *b, int64_t ldb, T beta, T *c,
             int64_t ldc);

// y [rows, out] = x [rows, in] * w [out, in] transposed + bias (may be null).
template <class T, class W> struct Product {
    Weights<W> w;
    const T *bias;
    T *y;
    int64_t out;
};

// Products of the same x [rows, in]. A row's result depends neither on the number of rows nor on that of threads or
// products. With int8 weights x is rounded to 16 bits, see cpu_linear_int8.cpp.
template <class T, class W> void linear(const T *x, int64_t rows, const std::vector<Product<T, W>> &products);
template <> void linear(const float *x, int64_t rows, const std::vector<Product<float, int8_t>> &products);

// values [out, in] and scales [out, in / kGroup] of weights: value * scale is within scale / 2 of the weight, and scale
// is the group's largest magnitude / 127, rounded up to bfloat16.
template <class W> void quantize(const Weights<W> &w, int64_t out, int8_t *values, BFloat16 *scales);

template <class T> struct Attention {
    const T *q, *k, *v, *bias; // bias [B, S] or null
    int64_t batch, heads, queries, keys, dim;
    int64_t q_stride[3], k_stride[3], v_stride[3]; // of batch, head, token; the last axis is dense
    T scale;
};

template <class T> void attention(const Attention<T> &problem, T *out); // out [B, T, H, D]

// Gradients [B, T, H, D] of q and [B, S, H, D] of k and v; dout [B, T, H, D].
template <class T> void attention_backward(const Attention<T> &problem, const T *dout, T *dq, T *dk, T *dv);

// What each head's queries give to a key in the mean, received [B, H, S], and what each gives to the first key, given
// [B, H, T]; v plays no part.
template <class T> void attention_means(const Attention<T> &problem, T *received, T *given);

template <class T, class C> struct Paged {
    const T *q;             // [T, H, D]
    const C *keys, *values; // caches [blocks, K, block size, D]
    const int64_t *tables, *starts, *lengths;
    int64_t sequences, table_width, heads, kv_heads, dim, block_size;
    T scale;
};

template <class T, class C> void paged_attention(const Paged<T, C> &problem, T *out); // out [T, H, D]

// Nearest float16, ties to even; infinite beyond its range.
void narrow(const float *x, Float16 *out, int64_t count);

template <class T> void rms_norm(const T *x, const T *weight, T *out, int64_t rows, int64_t size, T eps);
template <class T> void quick_gelu(const T *x, T *out, int64_t count);
template <class T> void quick_gelu_backward(const T *x, const T *dout, T *dx, int64_t count);
template <class T> void silu_mul(const T *gate, const T *up, T *out, int64_t count);
template <class T>
void rotary(const T *x, const T *cos, const T *sin, T *out, int64_t tokens, int64_t heads, int64_t dim);

// softmax(scale * row) in place over count logits, bias (may be null) added after scaling.
template <class T> void softmax_row(T *row, const T *bias, int64_t count, T scale);

// Runs task(0..count-1) on all threads: each its own share in order, so that neighbours in memory are read one after
// another, then what is left of the others' from the end.
template <class F> void for_each_task(int64_t count, const F &task) {
    const int64_t workers = std::min<int64_t>(at::get_num_threads(), count);
    std::vector<Share> shares(static_cast<size_t>(workers));
    for (int64_t i = 0; i < workers; ++i) {
        shares[i].set(count * i / workers, count * (i + 1) / workers);
    }
    at::parallel_for(0, workers, 1, [&](int64_t begin, int64_t end) {
        for (int64_t worker = begin; worker < end; ++worker) {
            for (int64_t i; (i = shares[worker].take_front()) >= 0;) {
                task(i);
            }
            for (int64_t other = 1; other < workers; ++other) {
                for (int64_t i; (i = shares[(worker + other) % workers].take_back()) >= 0;) {
                    task(i);
                }
            }
        }
    });
}
} // namespace cpu
} // namespace vlmtorch
