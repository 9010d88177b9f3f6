// One body, three instruction sets: the body is inlined into functions compiled for AVX-512, AVX2 with FMA and plain
// x86-64, and the processor decides at run time which one runs.
#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define VT_INLINE inline __attribute__((always_inline))

namespace vlmtorch {
enum class Simd { Plain, Avx2, Avx512 };

// What this processor can, or less where VLM_SIMD says so (avx2, plain): for tests and comparisons.
inline Simd simd_level() {
#if defined(__x86_64__)
    static const Simd level = [] {
        const char *most = getenv("VLM_SIMD");
        const bool plain = most != nullptr && strcmp(most, "plain") == 0;
        const bool narrow = most != nullptr && strcmp(most, "avx2") == 0;
        const bool avx2 =
            __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
        const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                            __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
        return plain || !avx2 ? Simd::Plain : narrow || !avx512 ? Simd::Avx2 : Simd::Avx512;
    }();
    return level;
#else
    return Simd::Plain;
#endif
}
} // namespace vlmtorch

#if defined(__x86_64__)
#define VT_AVX512 __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,f16c")))
#define VT_AVX2 __attribute__((target("avx2,fma,f16c")))
#else
#define VT_AVX512
#define VT_AVX2
#endif

namespace vlmtorch {
template <class Task> VT_AVX512 void run_avx512(const Task &task) { task.template run<Simd::Avx512>(); }
template <class Task> VT_AVX2 void run_avx2(const Task &task) { task.template run<Simd::Avx2>(); }

// Calls task.run<level>(), which must be VT_INLINE, compiled for the level.
template <class Task> void run_simd(const Task &task) {
    switch (simd_level()) {
    case Simd::Avx512:
        return run_avx512(task);
    case Simd::Avx2:
        return run_avx2(task);
    default:
        return task.template run<Simd::Plain>();
    }
}
} // namespace vlmtorch

// Defines template <class T> void name params, which runs name##_body<T> args.
#define VT_SIMD(name, params, args)                                                                                    \
    template <class T> VT_AVX512 void name##_avx512 params { name##_body<T> args; }                                    \
    template <class T> VT_AVX2 void name##_avx2 params { name##_body<T> args; }                                        \
    template <class T> void name##_plain params { name##_body<T> args; }                                               \
    template <class T> void name params {                                                                              \
        switch (vlmtorch::simd_level()) {                                                                              \
        case vlmtorch::Simd::Avx512:                                                                                   \
            return name##_avx512<T> args;                                                                              \
        case vlmtorch::Simd::Avx2:                                                                                     \
            return name##_avx2<T> args;                                                                                \
        default:                                                                                                       \
            return name##_plain<T> args;                                                                               \
        }                                                                                                              \
    }

namespace vlmtorch {
// Vectors of 64 bytes on every instruction set, so that sums have the same order everywhere.
template <class T> struct Lanes {
    static constexpr int64_t count = 64 / sizeof(T);
    typedef T type __attribute__((vector_size(64)));
};

// As much of such a vector as a register holds: for loops whose lanes are independent, since GCC 12 keeps vectors that
// are wider than registers in memory.
template <Simd L, class T> struct Register {
    static constexpr int bytes = L == Simd::Avx512 ? 64 : L == Simd::Avx2 ? 32 : 16;
    static constexpr int64_t count = bytes / sizeof(T);
    typedef T type __attribute__((vector_size(bytes)));
};

// Sum of the lanes, pairwise; v is overwritten.
template <class T> VT_INLINE T sum_lanes(typename Lanes<T>::type &v) {
    T lane[Lanes<T>::count];
    memcpy(lane, &v, sizeof lane);
    for (int64_t width = Lanes<T>::count / 2; width > 0; width /= 2) {
        for (int64_t i = 0; i < width; ++i) {
            lane[i] += lane[i + width];
        }
    }
    return lane[0];
}

// Largest lane.
template <class T> VT_INLINE T max_lanes(const typename Lanes<T>::type &v) {
    T lane[Lanes<T>::count];
    memcpy(lane, &v, sizeof lane);
    for (int64_t width = Lanes<T>::count / 2; width > 0; width /= 2) {
        for (int64_t i = 0; i < width; ++i) {
            lane[i] = lane[i + width] > lane[i] ? lane[i + width] : lane[i];
        }
    }
    return lane[0];
}

// Sum of a[i] * b[i] in lanes, then the rest in order.
template <class T> VT_INLINE T dot_lanes(const T *a, const T *b, int64_t size) {
    using V = typename Lanes<T>::type;
    constexpr int64_t lanes = Lanes<T>::count;
    V total = {};
    int64_t i = 0;
    for (; i + lanes <= size; i += lanes) {
        V x;
        V y;
        memcpy(&x, a + i, sizeof(V));
        memcpy(&y, b + i, sizeof(V));
        total += x * y;
    }
    T sum = sum_lanes<T>(total);
    for (; i < size; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

VT_INLINE double exponential(double x) { return __builtin_exp(x); }

// e^x by Cephes' expf polynomial: relative error below 2 units in the last place, 0 below -87.33; vectorises.
VT_INLINE float exponential(float x) {
    constexpr float shift = 12582912.0f; // 1.5 * 2^23: adding it rounds to an integer
    const float bounded = x > 88.0f ? 88.0f : x < -87.33f ? -87.33f : x;
    const float shifted = bounded * 1.44269504088896341f + shift;
    const float n = shifted - shift;
    const float r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits - 0x4B400000 + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    const float result = x < -87.33f ? 0.0f : p * power;
    return x == x ? result : x; // NaN stays NaN
}
} // namespace vlmtorch
