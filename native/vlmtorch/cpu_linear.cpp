// Products with weights. Few rows: every thread streams its share of the weights once for all rows, at the memory's
// speed. Many rows: panels, see cpu_gemm.cpp. The order of summation is that of cpu_linear.h in both. int8 weights:
// cpu_linear_int8.cpp.
#include "cpu_linear.h"

namespace vlmtorch {
namespace cpu {
namespace {
// Outputs that are summed together, each its own stream from memory. One row is fastest with eight: 52 GB/s of 5,632
// float16 inputs, where four reach 46, two 43 and one 33 (2 cores of a Zen 5).
template <Simd L, int R> constexpr int kOutputs = L == Simd::Avx512 ? (R == 1 ? 8 : 4) : (R == 1 ? 4 : 2);
constexpr int kOutputsAhead = 4; // fetched before they are multiplied, at least

// Rows of a tile: as many running sums as the registers hold beside their operands.
template <Simd L> constexpr int kRows = L == Simd::Avx512 ? 6 : 2;

// Rows from which panels are faster; with AVX-512 measured where vectors are as wide as registers (Zen 5).
int64_t many_rows() { return simd_level() == Simd::Avx512 ? 48 : 24; }

template <class T, class W> struct Stream {
    const T *x;
    int64_t rows;
    const Product<T, W> &p;
    int64_t begin, end; // outputs

    // A tile's part of the rows stays in the first cache while all weights of the piece pass.
    template <Simd L> VT_INLINE void run() const {
        const int64_t tiles = (rows + kRows<L> - 1) / kRows<L>;
        const int64_t step = tiles == 1 ? p.w.in : kDepth; // a tile alone reads its weights from end to end
        for (int64_t at = 0; at < p.w.in; at += step) {
            for (int64_t tile = 0; tile < tiles; ++tile) {
                const int64_t row = rows * tile / tiles;
                run_rows<L, kRows<L>>(row, rows * (tile + 1) / tiles - row, at, std::min(at + step, p.w.in));
            }
        }
    }

    template <Simd L, int R> VT_INLINE void run_rows(int64_t row, int64_t count, int64_t from, int64_t until) const {
        constexpr int together = kOutputs<L, R>;
        if (count == R) {
            for (int64_t first = begin; first < end; first += together) {
                run_tile<L, R, together>(row, first, from, until);
            }
        } else if constexpr (R > 1) {
            run_rows<L, R - 1>(row, count, from, until);
        }
    }

    // Outputs behind the last one are the last one again, and not stored.
    template <Simd L, int R, int O>
    VT_INLINE void run_tile(int64_t row, int64_t first, int64_t from, int64_t until) const {
        T sums[R * O] = {};
        for (int n = 0; from > 0 && n < R * O; ++n) {
            sums[n] = p.y[(row + n / O) * p.out + std::min(first + n % O, end - 1)];
        }
        Weights<T> inputs[R];
        Weights<W> w[O];
        for (int r = 0; r < R; ++r) {
            inputs[r] = row_of(Weights<T>{x, nullptr, p.w.in}, row + r);
        }
        for (int o = 0; o < O; ++o) {
            w[o] = row_of(p.w, std::min(first + o, p.out - 1));
        }
        for (int64_t at = from; at < until; at += kDepth) {
            Wide<L, T> total[R * O] = {};
            sum_part<L, R, O>(inputs, w, at, std::min(at + kDepth, until), total);
#pragma GCC unroll 6
            for (int n = 0; n < R * O; n += 4) {
                typename Lanes<T>::type four[4];
                memcpy(four, total + n, sizeof four);
                add_lanes(four, sums + n);
            }
        }
        for (int r = 0; r < R; ++r) {
            for (int64_t o = first; o < std::min(first + O, end); ++o) {
                const T sum = sums[r * O + o - first];
                p.y[(row + r) * p.out + o] = p.bias == nullptr || until < p.w.in ? sum : sum + p.bias[o];
            }
        }
    }

    // Inputs at .. until - 1 of R rows with O outputs: a cache line of weights at a time where the registers hold it.
    template <Simd L, int R, int O>
    static VT_INLINE void sum_part(const Weights<T> (&x)[R], const Weights<W> (&w)[O], int64_t at, int64_t until,
                                   Wide<L, T> (&total)[R * O]) {
        constexpr int64_t lanes = Lanes<T>::count;
        constexpr int line = static_cast<int>(sizeof(T) / sizeof(W));
        constexpr int together = L != Simd::Avx512 || R > 4 ? 1 : R > 2 ? std::min(line, 2) : line;
        for (; at + together * lanes <= until; at += together * lanes) {
            add<L, R, O, together, false>(x, w, at, total);
        }
        for (; together > 1 && at + lanes <= until; at += lanes) {
            add<L, R, O, 1, false>(x, w, at, total);
        }
        if (at < until) {
            add<L, R, O, 1, true>(x, w, at, total);
        }
    }

    // N vectors of inputs, or the rest of them.
    template <Simd L, int R, int O, int N, bool IsTail>
    static VT_INLINE void add(const Weights<T> (&x)[R], const Weights<W> (&w)[O], int64_t at,
                              Wide<L, T> (&total)[R * O]) {
        Wide<L, T> weights[O][N];
#pragma GCC unroll 8
        for (int o = 0; o < O; ++o) {
            load<L, IsTail>(w[o], at, weights[o]);
            // The hardware's own prefetch ends with the page, which is about where a row of weights ends.
            __builtin_prefetch(w[o].data + std::max(O, kOutputsAhead) * w[o].in + at, 0, 2);
        }
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
#pragma GCC unroll 6
            for (int r = 0; r < R; ++r) {
                Wide<L, T> values[1];
                load<L, IsTail>(x[r], at + n * Lanes<T>::count, values);
#pragma GCC unroll 8
                for (int o = 0; o < O; ++o) {
                    total[r * O + o].add_product(values[0], weights[o][n]);
                }
            }
        }
    }

    template <Simd L, bool IsTail, class E, int N>
    static VT_INLINE void load(const Weights<E> &row, int64_t at, Wide<L, T> (&out)[N]) {
        if constexpr (IsTail) {
            out[0].load_tail(row.data + at, row.in - at);
        } else {
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n) {
                out[n].load(row.data + at + n * Lanes<T>::count);
            }
        }
    }
};
} // namespace

template <class T, class W> void linear(const T *x, int64_t rows, const std::vector<Product<T, W>> &products) {
    if (rows >= many_rows()) {
        multiply_panels(x, rows, products);
        return;
    }
    for_each_piece(rows, products, [&](const Product<T, W> &product, int64_t begin, int64_t end) {
        run_simd(Stream<T, W>{x, rows, product, begin, end});
    });
}

template void linear(const float *, int64_t, const std::vector<Product<float, float>> &);
template void linear(const float *, int64_t, const std::vector<Product<float, Float16>> &);
template void linear(const float *, int64_t, const std::vector<Product<float, BFloat16>> &);
template void linear(const double *, int64_t, const std::vector<Product<double, double>> &);
} // namespace cpu
} // namespace vlmtorch
