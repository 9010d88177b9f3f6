// Rows times a panel that lies in the second cache: an outer product per step, whose running sums fill the registers.
#pragma once
#include "cpu_transpose.h"

namespace vlmtorch {
namespace cpu {
constexpr int kTileRows = 6;
constexpr int kTileVectors = 4;
template <class T> constexpr int64_t kPanel = kTileVectors *Lanes<T>::count; // columns of a panel

// Where transpose puts its columns: [lane][kPanel].
template <class T> struct Columns {
    T *to;
    int64_t count;

    template <class V> VT_INLINE void put(int lane, const V &eight) const {
        if (lane < count) {
            memcpy(to + lane * kPanel<T>, &eight, sizeof eight);
        }
    }
};

// c [rows, columns] = a [rows, steps] b [steps, columns] + factor[row] c, or without c where factor is null; columns in
// whole vectors; every sum runs over the steps in order.
template <class T> struct Multiply {
    const T *a, *b;
    T *c;
    int64_t a_stride, b_stride, c_stride, rows, steps, columns;
    const T *factor;

    template <Simd L> VT_INLINE void run() const { run_rows<L, kTileRows>(); }

    template <Simd L, int R> VT_INLINE void run_rows() const {
        if (rows != R) {
            if constexpr (R > 1) {
                run_rows<L, R - 1>();
            }
            return;
        }
        constexpr int vectors = L == Simd::Avx512 ? kTileVectors : kTileVectors / 2; // 32 registers, or 16
        constexpr int64_t count = Register<L, T>::count;
        int64_t column = 0;
        for (; column + vectors * count <= columns; column += vectors * count) {
            run_tile<L, R, vectors>(column);
        }
        for (; column < columns; column += count) {
            run_tile<L, R, 1>(column);
        }
    }

    template <Simd L, int R, int N> VT_INLINE void run_tile(int64_t column) const {
        using V = typename Register<L, T>::type;
        constexpr int64_t count = Register<L, T>::count;
        V total[R][N] = {};
        if (factor != nullptr) {
#pragma GCC unroll 6
            for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
                for (int n = 0; n < N; ++n) {
                    V old;
                    memcpy(&old, c + r * c_stride + column + n * count, sizeof old);
                    total[r][n] = old * factor[r];
                }
            }
        }
        for (int64_t step = 0; step < steps; ++step) {
            V values[N];
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n) {
                memcpy(&values[n], b + step * b_stride + column + n * count, sizeof(V));
            }
#pragma GCC unroll 6
            for (int r = 0; r < R; ++r) {
                const V weight = a[r * a_stride + step] - V{};
#pragma GCC unroll 4
                for (int n = 0; n < N; ++n) {
                    total[r][n] += weight * values[n];
                }
            }
        }
#pragma GCC unroll 6
        for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n) {
                const V sum = total[r][n];
                memcpy(c + r * c_stride + column + n * count, &sum, sizeof sum);
            }
        }
    }
};
} // namespace cpu
} // namespace vlmtorch
