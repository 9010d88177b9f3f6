// Norm, activations, rotary embedding and the softmax of one row, vectorised and threaded.
#include <c10/util/Half.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu.h"
#include "simd.h"

namespace vlmtorch {
namespace cpu {
namespace {
constexpr int64_t kGrain = 1 << 13; // elements that are worth a thread

template <class T>
VT_INLINE void rms_rows_body(const T *x, const T *weight, T *__restrict out, int64_t rows, int64_t size, T eps) {
    using V = typename Lanes<T>::type;
    constexpr int64_t lanes = Lanes<T>::count;
    for (int64_t row = 0; row < rows; ++row, x += size, out += size) {
        V squares = {};
        int64_t i = 0;
        for (; i + lanes <= size; i += lanes) {
            V values;
            memcpy(&values, x + i, sizeof(V));
            squares += values * values;
        }
        T sum = sum_lanes<T>(squares);
        for (; i < size; ++i) {
            sum += x[i] * x[i];
        }
        const T factor = T(1) / std::sqrt(sum / T(size) + eps);
        for (i = 0; i < size; ++i) {
            out[i] = x[i] * factor * weight[i];
        }
    }
}

template <class T> VT_INLINE void gelu_body(const T *x, T *__restrict out, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        out[i] = x[i] / (T(1) + exponential(T(-1.702) * x[i]));
    }
}

// d/dx x s(1.702 x) = s + 1.702 x s (1 - s).
template <class T> VT_INLINE void gelu_slope_body(const T *x, const T *dout, T *__restrict dx, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        const T s = T(1) / (T(1) + exponential(T(-1.702) * x[i]));
        dx[i] = dout[i] * (s + T(1.702) * x[i] * s * (T(1) - s));
    }
}

template <class T> VT_INLINE void silu_body(const T *gate, const T *up, T *__restrict out, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        out[i] = gate[i] / (T(1) + exponential(-gate[i])) * up[i];
    }
}

template <class T>
VT_INLINE void turn_body(const T *x, const T *cos, const T *sin, T *__restrict out, int64_t heads, int64_t dim) {
    const int64_t half = dim / 2;
    for (int64_t head = 0; head < heads; ++head, x += dim, out += dim) {
        for (int64_t i = 0; i < half; ++i) {
            out[i] = x[i] * cos[i] - x[i + half] * sin[i];
            out[i + half] = x[i + half] * cos[i + half] + x[i] * sin[i + half];
        }
    }
}

// In lanes, since the compiler takes the loop over numbers one by one.
template <class T> VT_INLINE T largest(const T *row, int64_t count) {
    constexpr int64_t lanes = Lanes<T>::count;
    typename Lanes<T>::type best = -std::numeric_limits<T>::infinity() - typename Lanes<T>::type{};
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        typename Lanes<T>::type values;
        memcpy(&values, row + i, sizeof values);
        best = values > best ? values : best;
    }
    T top = max_lanes<T>(best);
    for (; i < count; ++i) {
        top = row[i] > top ? row[i] : top;
    }
    return top;
}

// Logits to weights; the sum runs in lanes, so its order is fixed.
template <class T> VT_INLINE void softmax_body(T *row, const T *bias, int64_t count, T scale) {
    for (int64_t i = 0; i < count; ++i) {
        row[i] = bias == nullptr ? row[i] * scale : row[i] * scale + bias[i];
    }
    const T top = largest<T>(row, count);
    for (int64_t i = 0; i < count; ++i) {
        row[i] = exponential(row[i] - top);
    }
    constexpr int64_t lanes = Lanes<T>::count;
    typename Lanes<T>::type sums = {};
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        typename Lanes<T>::type values;
        memcpy(&values, row + i, sizeof values);
        sums += values;
    }
    T sum = sum_lanes<T>(sums);
    for (; i < count; ++i) {
        sum += row[i];
    }
    const T factor = T(1) / sum;
    for (i = 0; i < count; ++i) {
        row[i] *= factor;
    }
}

struct Narrow {
    const float *x;
    Float16 *out;
    int64_t count;

    template <Simd L> VT_INLINE void run() const {
        int64_t i = 0;
        if constexpr (L == Simd::Avx512) {
            for (; i + 16 <= count; i += 16) {
                Floats values;
                memcpy(&values, x + i, sizeof values);
                asm("vcvtps2ph $0, %1, %0" : "=m"(*reinterpret_cast<Elements<Float16, 16> *>(out + i)) : "v"(values));
            }
        } else if constexpr (L == Simd::Avx2) {
            for (; i + 8 <= count; i += 8) {
                HalfFloats values;
                memcpy(&values, x + i, sizeof values);
                asm("vcvtps2ph $0, %1, %0" : "=m"(*reinterpret_cast<Elements<Float16, 8> *>(out + i)) : "x"(values));
            }
        }
        for (; i < count; ++i) {
            out[i].bits = c10::detail::fp16_ieee_from_fp32_value(x[i]);
        }
    }
};

VT_SIMD(rms_rows, (const T *x, const T *weight, T *out, int64_t rows, int64_t size, T eps),
        (x, weight, out, rows, size, eps))
VT_SIMD(gelu, (const T *x, T *out, int64_t count), (x, out, count))
VT_SIMD(gelu_slope, (const T *x, const T *dout, T *dx, int64_t count), (x, dout, dx, count))
VT_SIMD(silu, (const T *gate, const T *up, T *out, int64_t count), (gate, up, out, count))
VT_SIMD(turn, (const T *x, const T *cos, const T *sin, T *out, int64_t heads, int64_t dim),
        (x, cos, sin, out, heads, dim))
VT_SIMD(softmax, (T * row, const T *bias, int64_t count, T scale), (row, bias, count, scale))

int64_t grain(int64_t size) { return std::max<int64_t>(1, kGrain / std::max<int64_t>(1, size)); }
} // namespace

template <class T> void rms_norm(const T *x, const T *weight, T *out, int64_t rows, int64_t size, T eps) {
    at::parallel_for(0, rows, grain(size), [&](int64_t begin, int64_t end) {
        rms_rows<T>(x + begin * size, weight, out + begin * size, end - begin, size, eps);
    });
}

template <class T> void quick_gelu(const T *x, T *out, int64_t count) {
    at::parallel_for(0, count, kGrain,
                     [&](int64_t begin, int64_t end) { gelu<T>(x + begin, out + begin, end - begin); });
}

template <class T> void quick_gelu_backward(const T *x, const T *dout, T *dx, int64_t count) {
    at::parallel_for(0, count, kGrain, [&](int64_t begin, int64_t end) {
        gelu_slope<T>(x + begin, dout + begin, dx + begin, end - begin);
    });
}

template <class T> void silu_mul(const T *gate, const T *up, T *out, int64_t count) {
    at::parallel_for(0, count, kGrain,
                     [&](int64_t begin, int64_t end) { silu<T>(gate + begin, up + begin, out + begin, end - begin); });
}

template <class T>
void rotary(const T *x, const T *cos, const T *sin, T *out, int64_t tokens, int64_t heads, int64_t dim) {
    const int64_t size = heads * dim;
    at::parallel_for(0, tokens, grain(size), [&](int64_t begin, int64_t end) {
        for (int64_t token = begin; token < end; ++token) {
            turn<T>(x + token * size, cos + token * dim, sin + token * dim, out + token * size, heads, dim);
        }
    });
}

void narrow(const float *x, Float16 *out, int64_t count) { run_simd(Narrow{x, out, count}); }

template <class T> void softmax_row(T *row, const T *bias, int64_t count, T scale) {
    softmax<T>(row, bias, count, scale);
}

#define VT_INSTANTIATE(T)                                                                                              \
    template void rms_norm<T>(const T *, const T *, T *, int64_t, int64_t, T);                                         \
    template void quick_gelu<T>(const T *, T *, int64_t);                                                              \
    template void quick_gelu_backward<T>(const T *, const T *, T *, int64_t);                                          \
    template void silu_mul<T>(const T *, const T *, T *, int64_t);                                                     \
    template void rotary<T>(const T *, const T *, const T *, T *, int64_t, int64_t, int64_t);                          \
    template void softmax_row<T>(T *, const T *, int64_t, T);
VT_INSTANTIATE(float)
VT_INSTANTIATE(double)
} // namespace cpu
} // namespace vlmtorch
