// Matrix products: BLAS cut into tiles for many rows, a streaming kernel for few. libtorch hands one row to a gemv that
// reads the weights with one thread; here every thread streams its share of the weight rows once.
#include <algorithm>
#include <mutex>

#include "cpu.h"
#include "simd.h"

extern "C" {
__attribute__((weak)) void openblas_set_num_threads(int count);
__attribute__((weak)) int openblas_get_num_threads(void);
__attribute__((weak)) void sgemm_(const char *, const char *, const int *, const int *, const int *, const float *,
                                  const float *, const int *, const float *, const int *, const float *, float *,
                                  const int *);
__attribute__((weak)) void dgemm_(const char *, const char *, const int *, const int *, const int *, const double *,
                                  const double *, const int *, const double *, const int *, const double *, double *,
                                  const int *);
}

namespace vlmtorch {
namespace cpu {
namespace {
// Rows of x and rows of w in one tile: as many running sums as the registers hold beside their operands.
template <int R, int O> struct Tile {
    static constexpr int rows = R;
    static constexpr int outputs = O;
};
using Tile512 = Tile<6, 4>; // of 32 registers of 64 bytes
using Tile256 = Tile<2, 3>; // of 16 registers of 32 bytes, two to a vector

// Outputs are handed to threads in multiples of every tile's.
constexpr int64_t kOutputs = 12;

// sums[R][O]: R rows of x with O rows of w. A sum does not depend on R and O, so neither on the batch.
template <class T, int R, int O>
VT_INLINE void tile(const T *x, int64_t x_stride, const T *w, int64_t w_stride, int64_t size, T *sums) {
    using V = typename Lanes<T>::type;
    constexpr int64_t lanes = Lanes<T>::count;
    V total[R][O] = {};
    int64_t i = 0;
    for (; i + lanes <= size; i += lanes) {
        V weights[O];
        for (int o = 0; o < O; ++o) {
            memcpy(&weights[o], w + o * w_stride + i, sizeof(V));
        }
        for (int r = 0; r < R; ++r) {
            V values;
            memcpy(&values, x + r * x_stride + i, sizeof(V));
            for (int o = 0; o < O; ++o) {
                total[r][o] += values * weights[o];
            }
        }
    }
    for (int r = 0; r < R && i < size; ++r) {
        V values = {};
        memcpy(&values, x + r * x_stride + i, static_cast<size_t>(size - i) * sizeof(T));
        for (int o = 0; o < O; ++o) {
            V weights = {};
            memcpy(&weights, w + o * w_stride + i, static_cast<size_t>(size - i) * sizeof(T));
            total[r][o] += values * weights;
        }
    }
    for (int r = 0; r < R; ++r) {
        for (int o = 0; o < O; ++o) {
            sums[r * O + o] = sum_lanes<T>(total[r][o]);
        }
    }
}

template <class T> struct Product {
    const T *x, *w, *bias;
    T *y;
    int64_t rows, in, out;
};

template <class T, int R, int O> VT_INLINE void store(const Product<T> &p, int64_t row, int64_t output) {
    T sums[R * O];
    tile<T, R, O>(p.x + row * p.in, p.in, p.w + output * p.in, p.in, p.in, sums);
    for (int r = 0; r < R; ++r) {
        for (int o = 0; o < O; ++o) {
            p.y[(row + r) * p.out + output + o] =
                p.bias == nullptr ? sums[r * O + o] : sums[r * O + o] + p.bias[output + o];
        }
    }
}

// Outputs begin..end of every row. The weight rows of a tile stay in the first cache while all rows of x pass.
template <class T, class Shape> VT_INLINE void skinny_body(const Product<T> &p, int64_t begin, int64_t end) {
    int64_t output = begin;
    for (; output + Shape::outputs <= end; output += Shape::outputs) {
        int64_t row = 0;
        for (; row + Shape::rows <= p.rows; row += Shape::rows) {
            store<T, Shape::rows, Shape::outputs>(p, row, output);
        }
        for (; row < p.rows; ++row) {
            store<T, 1, Shape::outputs>(p, row, output);
        }
    }
    for (; output < end; ++output) {
        for (int64_t row = 0; row < p.rows; ++row) {
            store<T, 1, 1>(p, row, output);
        }
    }
}

template <class T> VT_AVX512 void skinny_avx512(const Product<T> &p, int64_t begin, int64_t end) {
    skinny_body<T, Tile512>(p, begin, end);
}

template <class T> VT_AVX2 void skinny_avx2(const Product<T> &p, int64_t begin, int64_t end) {
    skinny_body<T, Tile256>(p, begin, end);
}

template <class T> void skinny(const Product<T> &p, int64_t begin, int64_t end) {
    switch (simd_level()) {
    case Simd::Avx512:
        return skinny_avx512<T>(p, begin, end);
    case Simd::Avx2:
        return skinny_avx2<T>(p, begin, end);
    default:
        return skinny_body<T, Tile256>(p, begin, end);
    }
}

void blas(const char *ta, const char *tb, const int *m, const int *n, const int *k, const float *alpha, const float *a,
          const int *lda, const float *b, const int *ldb, const float *beta, float *c, const int *ldc) {
    sgemm_(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void blas(const char *ta, const char *tb, const int *m, const int *n, const int *k, const double *alpha,
          const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
          const int *ldc) {
    dgemm_(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

// Threads along the rows: the grid of rows and columns whose tiles read the least.
int64_t row_parts(int64_t rows, int64_t columns, int64_t threads) {
    int64_t best = 1;
    for (int64_t parts = 1; parts <= threads; ++parts) {
        const auto cost = [&](int64_t p) { return rows / p + columns / (threads / p); };
        if (threads % parts == 0 && cost(parts) < cost(best)) {
            best = parts;
        }
    }
    return best;
}

template <class T> void tiled(const Product<T> &p) {
    const SerialBlas serial;
    const int64_t threads = at::get_num_threads();
    const int64_t down = row_parts(p.rows, p.out, threads);
    const int64_t across = threads / down;
    for_each_task(threads, [&](int64_t task) {
        const int64_t row = p.rows * (task / across) / down;
        const int64_t rows = p.rows * (task / across + 1) / down - row;
        const int64_t column = p.out * (task % across) / across;
        const int64_t columns = p.out * (task % across + 1) / across - column;
        if (rows == 0 || columns == 0) {
            return;
        }
        T *y = p.y + row * p.out + column;
        for (int64_t i = 0; i < rows && p.bias != nullptr; ++i) {
            std::copy(p.bias + column, p.bias + column + columns, y + i * p.out);
        }
        gemm<T>(true, rows, columns, p.in, T(1), p.x + row * p.in, p.in, p.w + column * p.in, p.in,
                p.bias == nullptr ? T(0) : T(1), y, p.out);
    });
}
} // namespace

bool has_blas() {
    return openblas_set_num_threads != nullptr && openblas_get_num_threads != nullptr && sgemm_ != nullptr &&
           dgemm_ != nullptr;
}

namespace {
std::mutex serial_lock;
int serial_users = 0;
int serial_before = 0;
} // namespace

SerialBlas::SerialBlas() {
    const std::lock_guard<std::mutex> guard(serial_lock);
    if (serial_users++ == 0) {
        serial_before = openblas_get_num_threads();
        openblas_set_num_threads(1);
    }
}

SerialBlas::~SerialBlas() {
    const std::lock_guard<std::mutex> guard(serial_lock);
    if (--serial_users == 0) {
        openblas_set_num_threads(serial_before);
    }
}

template <class T>
void gemm(bool transposed, int64_t m, int64_t n, int64_t k, T alpha, const T *a, int64_t lda, const T *b, int64_t ldb,
          T beta, T *c, int64_t ldc) {
    const int sizes[] = {static_cast<int>(n), static_cast<int>(m), static_cast<int>(k)};
    const int strides[] = {static_cast<int>(ldb), static_cast<int>(lda), static_cast<int>(ldc)};
    // BLAS is column-major: c transposed = b * a transposed.
    blas(transposed ? "T" : "N", "N", &sizes[0], &sizes[1], &sizes[2], &alpha, b, &strides[0], a, &strides[1], &beta, c,
         &strides[2]);
}

template <class T>
void gemm_tn(int64_t m, int64_t n, int64_t k, const T *a, int64_t lda, const T *b, int64_t ldb, T beta, T *c,
             int64_t ldc) {
    const int sizes[] = {static_cast<int>(n), static_cast<int>(m), static_cast<int>(k)};
    const int strides[] = {static_cast<int>(ldb), static_cast<int>(lda), static_cast<int>(ldc)};
    const T one = 1;
    blas("N", "T", &sizes[0], &sizes[1], &sizes[2], &one, b, &strides[0], a, &strides[1], &beta, c, &strides[2]);
}

template <class T> void linear(const T *x, const T *w, const T *bias, T *y, int64_t rows, int64_t in, int64_t out) {
    const Product<T> product{x, w, bias, y, rows, in, out};
    if (rows >= kBlasRows) {
        tiled(product);
        return;
    }
    // Blocks of whole passes; small products stay on one thread.
    const int64_t blocks = (out + kOutputs - 1) / kOutputs;
    const int64_t grain = std::max<int64_t>(1, (1 << 15) / std::max<int64_t>(1, in * kOutputs * rows));
    at::parallel_for(0, blocks, grain, [&](int64_t begin, int64_t end) {
        skinny<T>(product, begin * kOutputs, std::min(end * kOutputs, out));
    });
}

template void gemm<float>(bool, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t, float,
                          float *, int64_t);
template void gemm<double>(bool, int64_t, int64_t, int64_t, double, const double *, int64_t, const double *, int64_t,
                           double, double *, int64_t);
template void gemm_tn<float>(int64_t, int64_t, int64_t, const float *, int64_t, const float *, int64_t, float, float *,
                             int64_t);
template void gemm_tn<double>(int64_t, int64_t, int64_t, const double *, int64_t, const double *, int64_t, double,
                              double *, int64_t);
template void linear<float>(const float *, const float *, const float *, float *, int64_t, int64_t, int64_t);
template void linear<double>(const double *, const double *, const double *, double *, int64_t, int64_t, int64_t);
} // namespace cpu
} // namespace vlmtorch
