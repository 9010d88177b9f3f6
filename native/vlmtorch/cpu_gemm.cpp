// Products of many rows. Panels of the weights are widened and transposed into a buffer that stays in the second cache,
// then tiles of rows pass: outer products whose running sums fill the registers (Goto, van de Geijn 2008, "Anatomy of
// high-performance matrix multiplication"; BLIS: Van Zee, van de Geijn 2015). Inputs are taken in the order of
// cpu_linear.h: all of lane 0, then of lane 8, 4, 12, ..., so that sums of lanes meet pairwise.
#include "cpu_linear.h"
#include "cpu_transpose.h"
#include "scratch.h"

namespace vlmtorch {
namespace cpu {
namespace {
constexpr int kTileRows = 6;
constexpr int kTileVectors = 4;   // of outputs
constexpr int64_t kRowStride = 8; // elements from one input to the next in a packed tile
constexpr int64_t kChainPad = 16; // keeps chains off the same lines of the first cache
constexpr int64_t kTasksPerThread = 4;
constexpr int64_t kAhead = 256; // elements between what is multiplied and what is prefetched: across pages, too

template <class T> constexpr int64_t lanes = Lanes<T>::count;
template <class T> constexpr int64_t width = kTileVectors *lanes<T>; // outputs of a panel

// Inputs per lane of a part of the sum.
template <class T> constexpr int64_t steps_of(int64_t depth) { return (depth + lanes<T> - 1) / lanes<T>; }
template <class T> constexpr int64_t chain_size(int64_t steps) { return steps * width<T> + kChainPad; }
constexpr int64_t row_chain_size(int64_t steps) { return steps * kRowStride + kChainPad; }

// Elements of a packed tile before the part of the sum that begins at input `at`, or in all where that is `in`.
template <class T> constexpr int64_t tile_size(int64_t at) {
    return at / kDepth * lanes<T> * row_chain_size(steps_of<T>(kDepth)) +
           (at % kDepth == 0 ? 0 : lanes<T> * row_chain_size(steps_of<T>(at % kDepth)));
}

// Position of a lane in the order of summation: its bits reversed.
template <class T> constexpr int64_t chain_of(int64_t lane) {
    int64_t chain = 0;
    for (int64_t bit = 1; bit < lanes<T>; bit <<= 1, lane >>= 1) {
        chain = chain << 1 | (lane & 1);
    }
    return chain;
}

// Elements of every chain; chain 0 is at `to`.
template <class T> struct Chains {
    T *to;
    int64_t stride;

    template <class V> VT_INLINE void put(int lane, const V &elements) const {
        memcpy(to + chain_of<T>(lane) * stride, &elements, sizeof elements);
    }
};

// Inputs begin .. begin + depth - 1 of up to `width` outputs to [chain][step][output], zeros where there are none.
template <class T, class W> struct PackPanel {
    const Weights<W> &w;
    int64_t first, outputs, begin, depth;
    T *panel;

    template <Simd L> VT_INLINE void run() const {
        constexpr bool is_narrow = sizeof(T) == 4 && sizeof(W) == 2;
        constexpr int64_t together = is_narrow ? 16 : 8;
        const int64_t steps = steps_of<T>(depth);
        for (int64_t block = 0; block < width<T>; block += together) {
            for (int64_t step = 0; step < steps; ++step) {
                const int64_t at = begin + step * lanes<T>;
                const Chains<T> chains{panel + step * width<T> + block, chain_size<T>(steps)};
                if constexpr (is_narrow && L == Simd::Avx512) {
                    if (block + together <= outputs && at + 2 * lanes<T> <= w.in && step + 1 < steps) {
                        put_lines<L>(block, at, chains);
                        ++step;
                        continue;
                    }
                }
                if constexpr (is_narrow) {
                    if (block + together <= outputs && at + lanes<T> <= w.in) {
                        put_sixteen<L>(block, at, chains);
                        continue;
                    }
                }
                for (int64_t next = 0; next < together; next += 8) {
                    put_eight<L>(block + next, at, {chains.to + next, chains.stride});
                }
            }
        }
    }

    template <Simd L> VT_INLINE void put_eight(int64_t block, int64_t at, const Chains<T> &chains) const {
        const bool is_whole = at + lanes<T> <= w.in;
        typename Lanes<T>::type rows[8] = {};
        for (int i = 0; i < 8 && block + i < outputs; ++i) {
            is_whole ? read<L, T>(w, first + block + i, at, rows[i])
                     : read_tail<L, T>(w, first + block + i, at, rows[i]);
        }
        transpose(rows, chains);
    }

    // Two steps at once: every cache line is read once.
    template <Simd L> VT_INLINE void put_lines(int64_t block, int64_t at, const Chains<T> &chains) const {
        typedef uint16_t Line __attribute__((vector_size(64)));
        typedef int64_t Longs __attribute__((vector_size(64)));
        Line x[2][8];
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
#pragma GCC unroll 8
            for (int i = 0; i < 8; ++i) {
                memcpy(&x[half][i], w.data + (first + block + 8 * half + i) * w.in + at, sizeof(Line));
            }
            transpose(x[half]);
        }
        const Chains<T> next{chains.to + width<T>, chains.stride};
#pragma GCC unroll 8
        for (int i = 0; i < 8; ++i) {
            const auto upper = (Longs)x[0][i], lower = (Longs)x[1][i];
            put_pair<L>(__builtin_shuffle(upper, lower, Longs{0, 1, 8, 9, 2, 3, 10, 11}), i, chains);
            put_pair<L>(__builtin_shuffle(upper, lower, Longs{4, 5, 12, 13, 6, 7, 14, 15}), i, next);
        }
    }

    // Sixteen outputs of a lane and of the eighth after it.
    template <Simd L, class V> static VT_INLINE void put_pair(const V &pair, int lane, const Chains<T> &chains) {
        Halves sixteen[2];
        memcpy(sixteen, &pair, sizeof pair);
#pragma GCC unroll 2
        for (int i = 0; i < 2; ++i) {
            Wide<L, float> wide;
            wide.template load<W>(sixteen[i]);
            chains.put(lane + 8 * i, wide);
        }
    }

    // Sorted while they are narrow: half the shuffles.
    template <Simd L> VT_INLINE void put_sixteen(int64_t block, int64_t at, const Chains<T> &chains) const {
#pragma GCC unroll 2
        for (int half = 0; half < 2; ++half) {
            Halves x[8];
            const W *rows = w.data + (first + block) * w.in + at + 8 * half;
            read_transposed([&](int i) { return rows + i * w.in; }, x);
#pragma GCC unroll 8
            for (int i = 0; i < 8; ++i) {
                Wide<L, float> wide;
                wide.template load<W>(x[i]);
                chains.put(8 * half + i, wide);
            }
        }
    }
};

// `count` rows of x to [part of the sum][chain][step][row], kRowStride apart.
template <class T> struct PackRows {
    Weights<T> x;
    int64_t first, count;
    T *tile;

    template <Simd L> VT_INLINE void run() const {
        for (int64_t begin = 0; begin < x.in; begin += kDepth) {
            const int64_t steps = steps_of<T>(std::min(kDepth, x.in - begin));
            for (int64_t step = 0; step < steps; ++step) {
                const int64_t at = begin + step * lanes<T>;
                typename Lanes<T>::type rows[8] = {};
                for (int64_t i = 0; i < count; ++i) {
                    at + lanes<T> <= x.in ? read<L, T>(x, first + i, at, rows[i])
                                          : read_tail<L, T>(x, first + i, at, rows[i]);
                }
                transpose(rows, Chains<T>{tile + tile_size<T>(begin) + step * kRowStride, row_chain_size(steps)});
            }
        }
    }
};

// R rows with N vectors of outputs. A finished chain joins those before it like a carry in a binary counter.
template <Simd L, class T, int R, int N>
VT_INLINE void multiply_tile(const T *rows, const T *panel, int64_t steps, int64_t column, const Target<T> &target) {
    using V = typename Register<L, T>::type;
    constexpr int64_t count = Register<L, T>::count;
    V kept[5][R][N];
    int level = 0;
    panel += column;
    for (int chain = 0; chain < lanes<T>; ++chain, rows += kChainPad, panel += kChainPad) {
        V total[R][N] = {};
        for (int64_t step = 0; step < steps; ++step, rows += kRowStride, panel += width<T>) {
            V weights[N];
            __builtin_prefetch(rows + kAhead);
            for (int n = 0; n < N; ++n) {
                __builtin_prefetch(panel + kAhead + n * count);
                memcpy(&weights[n], panel + n * count, sizeof(V));
            }
            for (int r = 0; r < R; ++r) {
                const V value = rows[r] - V{};
                for (int n = 0; n < N; ++n) {
                    total[r][n] += value * weights[n];
                }
            }
        }
        level = 0;
        for (int carry = chain; carry & 1; carry >>= 1, ++level) {
            for (int r = 0; r < R; ++r) {
                for (int n = 0; n < N; ++n) {
                    total[r][n] += kept[level][r][n];
                }
            }
        }
        memcpy(kept[level], total, sizeof total);
    }
    for (int r = 0; r < R; ++r) {
        for (int n = 0; n < N; ++n) {
            target.put(r, column + n * count, kept[level][r][n]);
        }
    }
}

template <class T> struct MultiplyTile {
    const T *rows, *panel;
    int64_t steps, count;
    Target<T> target;

    template <Simd L> VT_INLINE void run() const { run_rows<L, kTileRows>(); }

    template <Simd L, int R> VT_INLINE void run_rows() const {
        constexpr int vectors = L == Simd::Avx512 ? kTileVectors : kTileVectors / 2; // 32 registers, or 16
        if (count == R) {
            for (int64_t column = 0; column < width<T>; column += vectors * Register<L, T>::count) {
                multiply_tile<L, T, R, vectors>(rows, panel, steps, column, target);
            }
        } else if constexpr (R > 1) {
            run_rows<L, R - 1>();
        }
    }
};

// Rows begin .. end - 1 with the panel of the outputs from `output` on.
template <class T, class W>
void multiply_panel(const Product<T, W> &p, const T *tiles, int64_t output, int64_t begin, int64_t end) {
    thread_local Scratch scratch;
    T *panel = scratch.get<T>(lanes<T> * chain_size<T>(steps_of<T>(kDepth)));
    const int64_t outputs = std::min(width<T>, p.out - output);
    for (int64_t at = 0; at < p.w.in; at += kDepth) {
        const int64_t depth = std::min(kDepth, p.w.in - at);
        const bool is_last = at + depth == p.w.in;
        run_simd(PackPanel<T, W>{p.w, output, outputs, at, depth, panel});
        for (int64_t row = begin; row < end; row += kTileRows) {
            const Target<T> target{p.y + row * p.out + output, p.out, outputs,
                                   is_last && p.bias != nullptr ? p.bias + output : nullptr, at > 0};
            const T *rows = tiles + row / kTileRows * tile_size<T>(p.w.in) + tile_size<T>(at);
            run_simd(MultiplyTile<T>{rows, panel, steps_of<T>(depth), std::min<int64_t>(kTileRows, end - row), target});
        }
    }
}

// All rows to tiles in scratch memory of the calling thread, to be read by all.
template <class T> const T *pack_rows(const T *x, int64_t rows, int64_t in) {
    const int64_t tiles = (rows + kTileRows - 1) / kTileRows;
    thread_local Scratch scratch;
    T *packed = scratch.get<T>(tiles * tile_size<T>(in));
    for_each_task(tiles, [&](int64_t tile) {
        const int64_t first = tile * kTileRows;
        run_simd(PackRows<T>{
            {x, nullptr, in}, first, std::min<int64_t>(kTileRows, rows - first), packed + tile * tile_size<T>(in)});
    });
    return packed;
}
} // namespace

template <class T, class W> void multiply_panels(const T *x, int64_t rows, const std::vector<Product<T, W>> &products) {
    const T *packed = pack_rows(x, rows, products[0].w.in);
    const Pieces<T, W> panels{products, width<T>};
    const int64_t tiles = (rows + kTileRows - 1) / kTileRows;
    const int64_t wanted = (kTasksPerThread * at::get_num_threads() + panels.count() - 1) / panels.count();
    const int64_t parts = std::min(wanted, (tiles + 7) / 8); // a panel is worth packing for eight tiles
    for_each_task(panels.count() * parts, [&](int64_t task) {
        const int64_t part = task % parts;
        panels.visit(task / parts, [&](const Product<T, W> &product, int64_t output, int64_t) {
            multiply_panel(product, packed, output, tiles * part / parts * kTileRows,
                           std::min(rows, tiles * (part + 1) / parts * kTileRows));
        });
    });
}

template void multiply_panels(const float *, int64_t, const std::vector<Product<float, float>> &);
template void multiply_panels(const float *, int64_t, const std::vector<Product<float, Float16>> &);
template void multiply_panels(const float *, int64_t, const std::vector<Product<float, BFloat16>> &);
template void multiply_panels(const double *, int64_t, const std::vector<Product<double, double>> &);
} // namespace cpu
} // namespace vlmtorch
