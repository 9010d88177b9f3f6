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

VT_INLINE float to_float(float x) { return x; }

template <class W, int N> struct Elements { W item[N]; };

// A register of elements by one widening instruction: GCC 12 takes its own conversions apart into scalars. The value
// has a name of its own, since asm would write to an element of an array through memory.
template <Simd L, class W> VT_INLINE void widen_register(const W *p, typename Register<L, float>::type &out) {
    typename Register<L, float>::type value;
    const auto &elements = *reinterpret_cast<const Elements<W, Register<L, float>::count> *>(p);
    if constexpr (__is_same(W, float)) {
        memcpy(&value, &elements, sizeof value);
    } else if constexpr (L == Simd::Plain) {
        for (int i = 0; i < Register<L, float>::count; ++i) {
            value[i] = to_float(elements.item[i]);
        }
    } else if constexpr (__is_same(W, Float16)) {
        asm("vcvtph2ps %1, %0" : "=v"(value) : "m"(elements));
    } else {
        typename Register<L, int32_t>::type bits;
        asm("vpmovzxwd %1, %0" : "=v"(bits) : "m"(elements));
        bits <<= 16;
        memcpy(&value, &bits, sizeof value);
    }
    out = value;
}

template <Simd L> VT_INLINE void widen(const double *p, Lanes<double>::type &out) { memcpy(&out, p, sizeof out); }

template <Simd L, class W> VT_INLINE void widen(const W *p, Floats &out) {
    constexpr int64_t count = Register<L, float>::count;
#pragma GCC unroll 4
    for (int64_t at = 0; at < 16; at += count) {
        typename Register<L, float>::type part;
        widen_register<L>(p + at, part);
        memcpy(reinterpret_cast<float *>(&out) + at, &part, sizeof part);
    }
}

// Sixteen elements of 16 bits that are in a register.
typedef uint16_t Halves __attribute__((vector_size(32)));
typedef uint16_t Quarters __attribute__((vector_size(16)));

template <Simd L, class W> VT_INLINE void widen(const Halves &bits, Floats &out) {
    constexpr bool is_half = __is_same(W, Float16);
    if constexpr (L == Simd::Plain) {
        for (int i = 0; i < 16; ++i) {
            out[i] = to_float(W{bits[i]});
        }
        return;
    } else if constexpr (L == Simd::Avx512) {
        Floats value;
        if constexpr (is_half) {
            asm("vcvtph2ps %1, %0" : "=v"(value) : "v"(bits));
        } else {
            asm("vpmovzxwd %1, %0" : "=v"(value) : "v"(bits));
        }
        out = value;
    } else {
        for (int half = 0; half < 2; ++half) {
            Quarters eight;
            HalfFloats wide;
            memcpy(&eight, reinterpret_cast<const char *>(&bits) + half * sizeof eight, sizeof eight);
            if constexpr (is_half) {
                asm("vcvtph2ps %1, %0" : "=x"(wide) : "x"(eight));
            } else {
                asm("vpmovzxwd %1, %0" : "=x"(wide) : "x"(eight));
            }
            memcpy(reinterpret_cast<char *>(&out) + half * sizeof wide, &wide, sizeof wide);
        }
    }
    if constexpr (!is_half) {
        out = (Floats)((Integers)out << 16);
    }
}

// Inputs at .. at + lanes - 1 of one output; int8 weights are read by cpu_linear_int8.cpp.
template <Simd L, class T, class W>
VT_INLINE void read(const Weights<W> &w, int64_t output, int64_t at, typename Lanes<T>::type &out) {
    widen<L>(w.data + output * w.in + at, out);
}

// One row alone, of weights without scales.
template <class W> VT_INLINE Weights<W> row_of(const Weights<W> &w, int64_t row) {
    return {w.data + row * w.in, nullptr, w.in};
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
