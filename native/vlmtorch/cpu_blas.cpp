// The BLAS behind libtorch, called directly so that products can be cut by our own threads: gradients of attention.
#include <mutex>

#include "cpu.h"

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
void blas(const char *ta, const char *tb, const int *m, const int *n, const int *k, const float *alpha, const float *a,
          const int *lda, const float *b, const int *ldb, const float *beta, float *c, const int *ldc) {
    sgemm_(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void blas(const char *ta, const char *tb, const int *m, const int *n, const int *k, const double *alpha,
          const double *a, const int *lda, const double *b, const int *ldb, const double *beta, double *c,
          const int *ldc) {
    dgemm_(ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
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

template void gemm<float>(bool, int64_t, int64_t, int64_t, float, const float *, int64_t, const float *, int64_t, float,
                          float *, int64_t);
template void gemm<double>(bool, int64_t, int64_t, int64_t, double, const double *, int64_t, const double *, int64_t,
                           double, double *, int64_t);
template void gemm_tn<float>(int64_t, int64_t, int64_t, const float *, int64_t, const float *, int64_t, float, float *,
                             int64_t);
template void gemm_tn<double>(int64_t, int64_t, int64_t, const double *, int64_t, const double *, int64_t, double,
                              double *, int64_t);
} // namespace cpu
} // namespace vlmtorch
