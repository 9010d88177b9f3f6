// Weights [out, in] as a checkpoint stores them, read as vectors of the type that products are computed in.
#pragma once
#include "simd.h"

namespace vlmtorch {
namespace cpu {
struct Float16 {
    uint16_t bits;
};
struct BFloat16 {
    uint16_t bits;
};

// Inputs that share a scale where weights are int8.
constexpr int64_t kGroup = 32;

template <class W> struct Weights {
    const W *data;          // rows of `in` elements
    const BFloat16 *scales; // int8: one per kGroup inputs, of which `in` is a multiple; else unused
    int64_t in;
};

typedef float Floats __attribute__((vector_size(64)));
typedef float HalfFloats __attribute__((vector_size(32)));
typedef int32_t Integers __attribute__((vector_size(64)));

VT_INLINE float to_float(BFloat16 x) {
    const uint32_t bits = static_cast<uint32_t>(x.bits) << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

VT_INLINE float to_float(Float16 x) {
    const uint32_t sign = static_cast<uint32_t>(x.bits & 0x8000) << 16;
    const uint32_t rest = static_cast<uint32_t>(x.bits & 0x7fff) << 13;
    const bool is_finite = (x.bits & 0x7c00) != 0x7c00;
    float value;
    memcpy(&value, &rest, sizeof value);
    value *= 5.192296858534828e33f; // 2^112, between the biases of the exponents; exact for subnormals, too
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = sign | (is_finite ? bits : rest | 0x7f800000);
    memcpy(&value, &bits, sizeof value);
    return value;
}

VT_INLINE float to_float(int8_t x) { return x; }

VT_INLINE float to_float(float x) { return x; }

template <class W, int N> struct Elements { W item[N]; };

// Sixteen elements by one widening instruction per register: GCC 12 takes its own conversions apart into scalars.
#define VT_WIDEN(W, instruction)                                                                                       \
    template <Simd L, class V> VT_INLINE void widen_bits(const W *p, V &out) {                                         \
        if constexpr (L == Simd::Avx512) {                                                                             \
            asm(instruction " %1, %0" : "=v"(out) : "m"(*reinterpret_cast<const Elements<W, 16> *>(p)));               \
        } else {                                                                                                       \
            HalfFloats low, high;                                                                                      \
            asm(instruction " %1, %0" : "=x"(low) : "m"(*reinterpret_cast<const Elements<W, 8> *>(p)));                \
            asm(instruction " %1, %0" : "=x"(high) : "m"(*reinterpret_cast<const Elements<W, 8> *>(p + 8)));           \
            memcpy(&out, &low, sizeof low);                                                                            \
            memcpy(reinterpret_cast<char *>(&out) + sizeof low, &high, sizeof high);                                   \
        }                                                                                                              \
    }
VT_WIDEN(Float16, "vcvtph2ps")
VT_WIDEN(BFloat16, "vpmovzxwd")
VT_WIDEN(int8_t, "vpmovsxbd")
#undef VT_WIDEN

template <Simd L> VT_INLINE void widen(const float *p, Floats &out) { memcpy(&out, p, sizeof out); }

template <Simd L> VT_INLINE void widen(const double *p, Lanes<double>::type &out) { memcpy(&out, p, sizeof out); }

template <Simd L, class W> VT_INLINE void widen(const W *p, Floats &out) {
    if constexpr (L == Simd::Plain) {
        for (int i = 0; i < 16; ++i) {
            out[i] = to_float(p[i]);
        }
    } else if constexpr (sizeof(W) == 1) {
        Integers whole;
        widen_bits<L>(p, whole);
        out = __builtin_convertvector(whole, Floats);
    } else if constexpr (__is_same(W, BFloat16)) {
        Integers bits;
        widen_bits<L>(p, bits);
        bits <<= 16;
        memcpy(&out, &bits, sizeof out);
    } else {
        widen_bits<L>(p, out);
    }
}

// Inputs at .. at + lanes - 1 of one output.
template <Simd L, class T, class W>
VT_INLINE void read(const Weights<W> &w, int64_t output, int64_t at, typename Lanes<T>::type &out) {
    widen<L>(w.data + output * w.in + at, out);
    if constexpr (sizeof(W) == 1) {
        out *= to_float(w.scales[(output * w.in + at) / kGroup]);
    }
}

// N vectors of one row from `at` on, where groups begin.
template <Simd L, class T, class W, int N>
VT_INLINE void read_some(const Weights<W> &row, int64_t at, typename Lanes<T>::type (&out)[N]) {
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) {
        widen<L>(row.data + at + n * Lanes<T>::count, out[n]);
    }
    if constexpr (sizeof(W) == 1 && N == 4) { // two groups: one load has both scales
        int32_t both;
        memcpy(&both, row.scales + at / kGroup, sizeof both);
        const Integers bits[2] = {(both - Integers{}) << 16, (both - Integers{}) & -65536};
        Floats scales[2];
        memcpy(scales, bits, sizeof bits);
        out[0] *= scales[0];
        out[1] *= scales[0];
        out[2] *= scales[1];
        out[3] *= scales[1];
    } else if constexpr (sizeof(W) == 1) {
        const float scale = to_float(row.scales[at / kGroup]);
#pragma GCC unroll 2
        for (int n = 0; n < N; ++n) {
            out[n] *= scale;
        }
    }
}

// One row alone.
template <class W> VT_INLINE Weights<W> row_of(const Weights<W> &w, int64_t row) {
    const int64_t first = row * w.in;
    return {w.data + first, w.scales == nullptr ? nullptr : w.scales + first / kGroup, w.in};
}

// The last inputs of an output, fewer than a vector holds, then zeros.
template <Simd L, class T, class W>
VT_INLINE void read_tail(const Weights<W> &w, int64_t output, int64_t at, typename Lanes<T>::type &out) {
    W rest[Lanes<T>::count] = {};
    memcpy(rest, w.data + output * w.in + at, static_cast<size_t>(w.in - at) * sizeof(W));
    widen<L>(rest, out);
}
} // namespace cpu
} // namespace vlmtorch
