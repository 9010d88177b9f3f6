// Products with weights. Few rows: every thread streams its share of the weights once for all rows, at the memory's
// speed. Many rows: panels, see cpu_gemm.cpp. The order of summation is that of cpu_linear.h in both. int8 weights:
// cpu_linear_int8.cpp.
#include "cpu_linear.h"

namespace vlmtorch {
namespace cpu {
namespace {
// Outputs that are summed together, each its own stream from memory.
template <Simd L, int R> constexpr int kOutputs = L == Simd::Avx512 ? (R == 1 ? 8 : 4) : (R == 1 ? 4 : 2);

// Weights are fetched as they lie in memory, 32 KiB before they are multiplied, and into the first cache 512 bytes
// before. Measured on 2 cores of a Zen 5: fetched row by row, eight rows ahead, one row of inputs takes 1.18 of the
// time; four rows, fetched four ahead, 1.24.
constexpr int64_t kFarBytes = 32768, kNearBytes = 512;

// Rows of a tile: as many running sums as the registers hold beside their operands.
template <Simd L> constexpr int kRows = L == Simd::Avx512 ? 6 : 2;

// Rows from which panels are faster; with AVX-512 measured where vectors are as wide as registers (Zen 5).
int64_t many_rows() { return simd_level() == Simd::Avx512 ? 72 : 24; }

template <class T, class W> struct Stream {
    const T *x;
    int64_t rows;
    const Product<T, W> &p;
    int64_t begin, end; // outputs

    // A tile alone reads its weights from end to end. More pass over a part of them one after another: the first one
    // fetches it from memory.
    template <Simd L> VT_INLINE void run() const {
        const int64_t tiles = (rows + kRows<L> - 1) / kRows<L>;
        const int64_t step = tiles == 1 ? p.w.in : kDepth;
        for (int64_t from = 0; from < p.w.in; from += step) {
            const int64_t until = std::min(from + step, p.w.in);
            for (int64_t tile = 0; tile < tiles; ++tile) {
                const int64_t row = rows * tile / tiles;
                const int64_t count = rows * (tile + 1) / tiles - row;
                tile == 0 ? run_rows<L, kRows<L>, true>(row, count, from, until)
                          : run_rows<L, kRows<L>, false>(row, count, from, until);
            }
        }
    }

    template <Simd L, int R, bool IsFirst>
    VT_INLINE void run_rows(int64_t row, int64_t count, int64_t from, int64_t until) const {
        constexpr int together = kOutputs<L, R>;
        if (count == R) {
            for (int64_t first = begin; first < end; first += together) {
                run_tile<L, R, together, IsFirst>(row, first, from, until);
            }
        } else if constexpr (R > 1) {
            run_rows<L, R - 1, IsFirst>(row, count, from, until);
        }
    }

    // Outputs behind the last one are the last one again, and not stored.
    template <Simd L, int R, int O, bool IsFirst>
    VT_INLINE void run_tile(int64_t row, int64_t first, int64_t from, int64_t until) const {
        Weights<T> inputs[R];
        Weights<W> w[O];
        for (int r = 0; r < R; ++r) {
            inputs[r] = row_of(Weights<T>{x, nullptr, p.w.in}, row + r);
        }
        for (int o = 0; o < O; ++o) {
            w[o] = row_of(p.w, std::min(first + o, p.out - 1));
        }
        for (int64_t at = from; at < until; at += kDepth) {
            const int64_t stop = std::min(at + kDepth, until);
            const T *bias = stop == p.w.in && p.bias != nullptr ? p.bias + first : nullptr;
            const Target<T> target{p.y + row * p.out + first, p.out, end - first, bias, at > 0};
            Wide<L, T> total[R * O] = {};
            sum_part<L, R, O, IsFirst>(inputs, w, at, stop, total);
#pragma GCC unroll 6
            for (int n = 0; n < R * O; n += 4) {
                typename Lanes<T>::type four[4];
                memcpy(four, total + n, sizeof four);
                put<O>(target, n, sum_four(four));
            }
        }
    }

    // The sums n .. n + 3 of a tile's rows with O outputs.
    template <int O> static VT_INLINE void put(const Target<T> &target, int n, const Fours<T> &sums) {
        if constexpr (O % 4 == 0) {
            target.put(n / O, n % O, sums);
        } else {
            typedef T Pair __attribute__((vector_size(2 * sizeof(T))));
            Pair pairs[2];
            memcpy(pairs, &sums, sizeof pairs);
            target.put(n / O, n % O, pairs[0]);
            target.put((n + 2) / O, (n + 2) % O, pairs[1]);
        }
    }

    // Inputs at .. until - 1 of R rows with O outputs; some lines of every output are fetched together.
    template <Simd L, int R, int O, bool IsFirst>
    static VT_INLINE void sum_part(const Weights<T> (&x)[R], const Weights<W> (&w)[O], int64_t at, int64_t until,
                                   Wide<L, T> (&total)[R * O]) {
        constexpr int64_t lanes = Lanes<T>::count;
        constexpr int together = R == 1 ? 8 : 4;
        for (; at + together * lanes <= until; at += together * lanes) {
            add<L, R, O, together, false, IsFirst>(x, w, at, total);
        }
        for (; at + lanes <= until; at += lanes) {
            add<L, R, O, 1, false, IsFirst>(x, w, at, total);
        }
        if (at < until) {
            add<L, R, O, 1, true, IsFirst>(x, w, at, total);
        }
    }

    // N vectors of inputs, or the rest of them.
    template <Simd L, int R, int O, int N, bool IsTail, bool IsFirst>
    static VT_INLINE void add(const Weights<T> (&x)[R], const Weights<W> (&w)[O], int64_t at,
                              Wide<L, T> (&total)[R * O]) {
        constexpr int64_t lanes = Lanes<T>::count;
        if constexpr (IsFirst) {
            fetch<N>(w, at);
        }
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) {
            Wide<L, T> weights[O];
#pragma GCC unroll 8
            for (int o = 0; o < O; ++o) {
                load<IsTail>(w[o], at + n * lanes, weights[o]);
            }
#pragma GCC unroll 6
            for (int r = 0; r < R; ++r) {
                Wide<L, T> values;
                load<IsTail>(x[r], at + n * lanes, values);
                values.hold();
#pragma GCC unroll 8
                for (int o = 0; o < O; ++o) {
                    total[r * O + o].add_product(values, weights[o]);
                }
            }
        }
    }

    // As many lines as N vectors of O outputs take, in runs of one output. Far ahead it fetches whole rows, also where
    // only a part of each is read now: the second cache keeps the rest for its turn.
    template <int N, int O> static VT_INLINE void fetch(const Weights<W> (&w)[O], int64_t at) {
        constexpr int64_t lanes = Lanes<T>::count;
        constexpr int64_t far = kFarBytes / sizeof(W), near = kNearBytes / sizeof(W);
        constexpr int line = static_cast<int>(64 / (lanes * sizeof(W)));
#pragma GCC unroll 8
        for (int o = 0; o < O; ++o) {
#pragma GCC unroll 8
            for (int n = 0; n < N; n += line) {
                __builtin_prefetch(w[0].data + at * O + (o * N + n) * lanes + far, 0, 2);
                __builtin_prefetch(w[o].data + at + n * lanes + near, 0, 3);
            }
        }
    }

    template <bool IsTail, class E, class V> static VT_INLINE void load(const Weights<E> &row, int64_t at, V &out) {
        if constexpr (IsTail) {
            out.load_tail(row.data + at, row.in - at);
        } else {
            out.load(row.data + at);
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
