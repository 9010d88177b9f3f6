// Eight rows of a vector each to columns of eight elements; sixteen rows of 16 bits to columns of sixteen.
#pragma once
#include "cpu_weights.h"

namespace vlmtorch {
namespace cpu {
typedef int32_t Index8 __attribute__((vector_size(32)));

VT_INLINE void transpose_half(HalfFloats (&x)[8]) {
    HalfFloats pairs[8], quads[8];
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) {
        pairs[i] = __builtin_shuffle(x[i], x[i + 1], Index8{0, 8, 1, 9, 4, 12, 5, 13});
        pairs[i + 1] = __builtin_shuffle(x[i], x[i + 1], Index8{2, 10, 3, 11, 6, 14, 7, 15});
    }
#pragma GCC unroll 2
    for (int i = 0; i < 8; i += 4) {
        quads[i] = __builtin_shuffle(pairs[i], pairs[i + 2], Index8{0, 1, 8, 9, 4, 5, 12, 13});
        quads[i + 1] = __builtin_shuffle(pairs[i], pairs[i + 2], Index8{2, 3, 10, 11, 6, 7, 14, 15});
        quads[i + 2] = __builtin_shuffle(pairs[i + 1], pairs[i + 3], Index8{0, 1, 8, 9, 4, 5, 12, 13});
        quads[i + 3] = __builtin_shuffle(pairs[i + 1], pairs[i + 3], Index8{2, 3, 10, 11, 6, 7, 14, 15});
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        x[i] = __builtin_shuffle(quads[i], quads[i + 4], Index8{0, 1, 2, 3, 8, 9, 10, 11});
        x[i + 4] = __builtin_shuffle(quads[i], quads[i + 4], Index8{4, 5, 6, 7, 12, 13, 14, 15});
    }
}

// The lower (Part 0) or upper (Part 1) elements E of every 16 bytes of a and b in turn.
template <class E, int Part, class V> VT_INLINE V interleave(const V &a, const V &b) {
    typedef E Elements __attribute__((vector_size(sizeof(V))));
    constexpr int count = sizeof(V) / sizeof(E), each = 16 / sizeof(E);
    Elements index;
#pragma GCC unroll 32
    for (int i = 0; i < count; ++i) {
        index[i] = static_cast<E>(i / each * each + (Part * each + i % each) / 2 + i % 2 * count);
    }
    return (V)__builtin_shuffle((Elements)a, (Elements)b, index);
}

// In every 16 bytes: x[i], eight inputs of row i, to x[j], input j of the eight rows.
template <class V> VT_INLINE void transpose(V (&x)[8]) {
    V pairs[8], fours[8];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        pairs[i] = interleave<int16_t, 0>(x[2 * i], x[2 * i + 1]);
        pairs[i + 4] = interleave<int16_t, 1>(x[2 * i], x[2 * i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 8; i += 2) {
        fours[i] = interleave<int32_t, 0>(pairs[i], pairs[i + 1]);
        fours[i + 1] = interleave<int32_t, 1>(pairs[i], pairs[i + 1]);
    }
#pragma GCC unroll 2
    for (int i = 0; i < 8; i += 4) {
#pragma GCC unroll 2
        for (int j = 0; j < 2; ++j) {
            x[i + 2 * j] = interleave<int64_t, 0>(fours[i + j], fours[i + j + 2]);
            x[i + 2 * j + 1] = interleave<int64_t, 1>(fours[i + j], fours[i + j + 2]);
        }
    }
}

// x[j]: element j of sixteen rows, whose eight elements lie at row(0) .. row(15).
template <class Row> VT_INLINE void read_transposed(const Row &row, Halves (&x)[8]) {
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
        Quarters upper, lower;
        memcpy(&upper, row(i), sizeof upper);
        memcpy(&lower, row(i + 8), sizeof lower);
        x[i] = __builtin_shufflevector(upper, lower, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
    transpose(x);
}

// Calls sink.put(lane, eight elements), lane by lane: what the eight rows hold there.
template <class Sink> VT_INLINE void transpose(const Floats (&rows)[8], const Sink &sink) {
    HalfFloats low[8], high[8];
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
        memcpy(&low[i], &rows[i], sizeof low[i]);
        memcpy(&high[i], reinterpret_cast<const char *>(&rows[i]) + sizeof low[i], sizeof high[i]);
    }
    transpose_half(low);
    transpose_half(high);
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
        sink.put(i, low[i]);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 8; ++i) {
        sink.put(i + 8, high[i]);
    }
}

template <class Sink> VT_INLINE void transpose(const Lanes<double>::type (&rows)[8], const Sink &sink) {
    for (int lane = 0; lane < 8; ++lane) {
        Lanes<double>::type column;
        for (int i = 0; i < 8; ++i) {
            column[i] = rows[i][lane];
        }
        sink.put(lane, column);
    }
}
} // namespace cpu
} // namespace vlmtorch
