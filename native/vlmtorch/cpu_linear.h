// What both ways to multiply by weights share: few rows stream the weights (cpu_linear.cpp), many rows multiply panels
// of them (cpu_gemm.cpp). Both add in the same order, so that a row's result does not depend on how many there are:
// within kDepth inputs, lane l sums the inputs l, l + lanes, l + 2 lanes, ... one after another, the lanes are added
// pairwise (sum_lanes), then such parts one after another, then the bias.
#pragma once
#include <algorithm>

#include "cpu.h"
#include "cpu_transpose.h"

namespace vlmtorch {
namespace cpu {
constexpr int64_t kDepth = 2048;

template <class T> using Fours __attribute__((vector_size(4 * sizeof(T)))) = T;

// The sums of the lanes of four vectors, each added as by sum_lanes.
VT_INLINE Fours<float> sum_four(const Floats (&x)[4]) {
    HalfFloats half[4];
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
        const Floats value = x[i]; // a copy: an address would keep the running sum in memory
        HalfFloats low, high;
        memcpy(&low, &value, sizeof low);
        memcpy(&high, reinterpret_cast<const char *>(&value) + sizeof low, sizeof high);
        half[i] = low + high;
    }
    const Index8 front{0, 1, 2, 3, 8, 9, 10, 11}, back{4, 5, 6, 7, 12, 13, 14, 15};
    const HalfFloats ab = __builtin_shuffle(half[0], half[1], front) + __builtin_shuffle(half[0], half[1], back);
    const HalfFloats cd = __builtin_shuffle(half[2], half[3], front) + __builtin_shuffle(half[2], half[3], back);
    const HalfFloats acbd = __builtin_shuffle(ab, cd, Index8{0, 1, 8, 9, 4, 5, 12, 13}) +
                            __builtin_shuffle(ab, cd, Index8{2, 3, 10, 11, 6, 7, 14, 15});
    const HalfFloats all = acbd + __builtin_shuffle(acbd, Index8{1, 0, 3, 2, 5, 4, 7, 6});
    return __builtin_shufflevector(all, all, 0, 4, 2, 6);
}

VT_INLINE Fours<double> sum_four(const Lanes<double>::type (&x)[4]) {
    Fours<double> sums;
    for (int i = 0; i < 4; ++i) {
        Lanes<double>::type lanes = x[i];
        sums[i] = sum_lanes<double>(lanes);
    }
    return sums;
}

// Where the sums of a tile go.
template <class T> struct Target {
    T *y;
    int64_t stride, columns; // columns: outputs from y on that there are
    const T *bias;           // with the last part of the sum, else null
    bool add;                // to earlier parts

    // The sums of one row from `column` on; what lies behind the last column is dropped.
    template <class V> VT_INLINE void put(int64_t row, int64_t column, V sum) const {
        constexpr int64_t size = sizeof(V) / sizeof(T);
        if (column + size <= columns) {
            put(row, column, sum, size);
        } else if (column < columns) {
            put(row, column, sum, columns - column);
        }
    }

  private:
    template <class V> VT_INLINE void put(int64_t row, int64_t column, V sum, int64_t count) const {
        T *to = y + row * stride + column;
        const size_t bytes = static_cast<size_t>(count) * sizeof(T);
        V other = {};
        if (add) {
            memcpy(&other, to, bytes);
            sum = other + sum;
        }
        if (bias != nullptr) {
            memcpy(&other, bias + column, bytes);
            sum += other;
        }
        memcpy(to, &sum, bytes);
    }
};

// The outputs of all products, `size` of one product at once.
template <class T, class W> struct Pieces {
    const std::vector<Product<T, W>> &products;
    int64_t size;

    int64_t of(const Product<T, W> &product) const { return (product.out + size - 1) / size; }

    int64_t count() const {
        int64_t sum = 0;
        for (const Product<T, W> &product : products) {
            sum += of(product);
        }
        return sum;
    }

    // Calls run(product, begin, end) for the outputs of one piece.
    template <class F> void visit(int64_t piece, const F &run) const {
        auto product = products.begin();
        for (; piece >= of(*product); ++product) {
            piece -= of(*product);
        }
        run(*product, piece * size, std::min((piece + 1) * size, product->out));
    }
};

constexpr int64_t kTaskOutputs = 64; // outputs that a thread takes at once

// Calls run(product, begin, end) for all outputs: on all threads, unless the products are too small for a second one.
template <class T, class W, class F>
void for_each_piece(int64_t rows, const std::vector<Product<T, W>> &products, const F &run) {
    constexpr int64_t kSmall = 1 << 16; // multiply-accumulates
    const Pieces<T, W> pieces{products, kTaskOutputs};
    const int64_t count = pieces.count();
    if (rows * count * kTaskOutputs * products[0].w.in >= kSmall) {
        for_each_task(count, [&](int64_t piece) { pieces.visit(piece, run); });
        return;
    }
    for (int64_t piece = 0; piece < count; ++piece) {
        pieces.visit(piece, run);
    }
}

template <class T, class W> void multiply_panels(const T *x, int64_t rows, const std::vector<Product<T, W>> &products);
} // namespace cpu
} // namespace vlmtorch
