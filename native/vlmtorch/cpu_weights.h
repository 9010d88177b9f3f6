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
template <Simd L> VT_INLINE void widen_register(const double *p, typename Register<L, double>::type &out) {
    memcpy(&out, p, sizeof out);
}

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

// Sixteen floats or eight doubles, in as many registers as that takes.
template <Simd L, class T> struct Wide {
    static constexpr int64_t count = Register<L, T>::count;
    static constexpr int64_t registers = Lanes<T>::count / count;
    typename Register<L, T>::type parts[registers];

    template <class W> VT_INLINE void load(const W *p) {
#pragma GCC unroll 4
        for (int64_t i = 0; i < registers; ++i) {
            widen_register<L>(p + i * count, parts[i]);
        }
    }

    // `size` elements, fewer than there is room for, then zeros.
    template <class W> VT_INLINE void load_tail(const W *p, int64_t size) {
        W rest[Lanes<T>::count] = {};
        memcpy(rest, p, static_cast<size_t>(size) * sizeof(W));
        load(rest);
    }

    template <class W> VT_INLINE void load(const Halves &bits) {
#pragma GCC unroll 4
        for (int64_t i = 0; i < registers; ++i) {
            widen_part<W>(bits, i, parts[i]);
        }
    }

    // Stays in registers: GCC would rather read it again for every product.
    VT_INLINE void hold() {
        if constexpr (L != Simd::Plain) {
#pragma GCC unroll 4
            for (int64_t i = 0; i < registers; ++i) {
                typename Register<L, T>::type part = parts[i];
                asm("" : "+v"(part));
                parts[i] = part;
            }
        }
    }

    VT_INLINE void add_product(const Wide &a, const Wide &b) {
#pragma GCC unroll 4
        for (int64_t i = 0; i < registers; ++i) {
            parts[i] += a.parts[i] * b.parts[i];
        }
    }

    VT_INLINE void add_product(T a, const Wide &b) {
#pragma GCC unroll 4
        for (int64_t i = 0; i < registers; ++i) {
            parts[i] += a * b.parts[i];
        }
    }

  private:
    template <class W>
    static VT_INLINE void widen_part(const Halves &bits, int64_t part, typename Register<L, T>::type &out) {
        typename Register<L, T>::type value;
        if constexpr (L == Simd::Plain) {
            for (int i = 0; i < count; ++i) {
                value[i] = to_float(W{bits[part * count + i]});
            }
            out = value;
            return;
        } else if constexpr (L == Simd::Avx512) {
            if constexpr (__is_same(W, Float16)) {
                asm("vcvtph2ps %1, %0" : "=v"(value) : "v"(bits));
            } else {
                asm("vpmovzxwd %1, %0" : "=v"(value) : "v"(bits));
            }
        } else {
            Quarters eight;
            memcpy(&eight, reinterpret_cast<const char *>(&bits) + part * sizeof eight, sizeof eight);
            if constexpr (__is_same(W, Float16)) {
                asm("vcvtph2ps %1, %0" : "=x"(value) : "x"(eight));
            } else {
                asm("vpmovzxwd %1, %0" : "=x"(value) : "x"(eight));
            }
        }
        if constexpr (__is_same(W, BFloat16)) {
            typedef typename Register<L, int32_t>::type Bits;
            value = (typename Register<L, T>::type)((Bits)value << 16);
        }
        out = value;
    }
};

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
