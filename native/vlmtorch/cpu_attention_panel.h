// What attention does with one panel of keys and values; cpu_attention.cpp walks over the panels.
#pragma once
#include <algorithm>
#include <limits>

#include "cpu.h"
#include "cpu_tile.h"

namespace vlmtorch {
namespace cpu {
namespace attention_panel {
template <class T> constexpr int64_t lanes = Lanes<T>::count;

// Keys that are stored in 16 bits, of which a register holds sixteen.
template <class T, class C> constexpr bool is_narrow = sizeof(T) == 4 && sizeof(C) == 2;

// `count` up to a multiple of whole vectors.
template <class T> constexpr int64_t whole(int64_t count) { return (count + lanes<T> - 1) / lanes<T> * lanes<T>; }

// Rows of keys or values: at a stride, or in blocks by a table.
template <class C> struct Rows {
    const C *data;
    int64_t stride;
    const int64_t *table; // null without blocks
    int64_t block_size, block_stride;

    // Addresses of the rows begin .. end - 1; a division per block only.
    void find(int64_t begin, int64_t end, const C **to) const {
        while (begin < end) {
            const int64_t until = table == nullptr ? end : std::min(end, (begin / block_size + 1) * block_size);
            const C *row = table == nullptr
                               ? data + begin * stride
                               : data + table[begin / block_size] * block_stride + begin % block_size * stride;
            for (; begin < until; ++begin, row += stride) {
                *to++ = row;
            }
        }
    }
};

// Keys and values of one panel. Reading keys fetches the values beside, reading values the keys of the next panel:
// heads lie too far apart for the hardware's own prefetch.
template <class T, class C> struct Panel {
    const C *k[2 * kPanel<T>], *v[kPanel<T>]; // behind the last key, which Soften hides, the last key
    int64_t count, dim;

    Panel(const Rows<C> &keys, const Rows<C> &values, int64_t first, int64_t end, int64_t dim)
        : count(std::min(kPanel<T>, end - first)), dim(dim) {
        if (count <= 0) {
            return;
        }
        const int64_t known = std::min(2 * kPanel<T>, end - first);
        keys.find(first, first + known, k);
        values.find(first, first + count, v);
        std::fill(k + known, k + 2 * kPanel<T>, k[known - 1]);
    }

    // Elements d .. of a key or value, zeros behind the last one.
    template <Simd L> VT_INLINE void load_key(int64_t key, int64_t d, typename Lanes<T>::type &out) const {
        __builtin_prefetch(v[std::min(key, count - 1)] + d, 0, 2);
        load<L>(k[key], d, out);
    }

    template <Simd L> VT_INLINE void load_value(int64_t key, int64_t d, typename Lanes<T>::type &out) const {
        __builtin_prefetch(k[key + kPanel<T>] + d, 0, 2);
        load<L>(v[key], d, out);
    }

    // x[j]: element d + j of the keys key .. key + 15.
    VT_INLINE void load_keys(int64_t key, int64_t d, Halves (&x)[8]) const {
        for (int64_t i = key; d % 32 == 0 && i < std::min(key + 16, count); ++i) {
            __builtin_prefetch(v[i] + d, 0, 2);
        }
        read_transposed([&](int i) { return k[key + i] + d; }, x);
    }

  private:
    template <Simd L> VT_INLINE void load(const C *row, int64_t d, typename Lanes<T>::type &out) const {
        const Weights<C> one{row, nullptr, dim};
        d + lanes<T> <= dim ? read<L, T>(one, 0, d, out) : read_tail<L, T>(one, 0, d, out);
    }
};

// Keys to [dim][kPanel], zeros up to whole vectors; values to [count][width].
template <class T, class C> struct PackPanel {
    const Panel<T, C> &panel;
    int64_t width;
    T *k, *v;

    template <Simd L> VT_INLINE void run() const {
        for (int64_t key = 0; key < whole<T>(panel.count); key += 8) {
            for (int64_t d = 0; d < panel.dim; d += lanes<T>) {
                typename Lanes<T>::type rows[8];
#pragma GCC unroll 8
                for (int i = 0; i < 8; ++i) {
                    panel.template load_key<L>(key + i, d, rows[i]);
                }
                transpose(rows, Columns<T>{k + d * kPanel<T> + key, panel.dim - d});
            }
        }
        for (int64_t key = 0; key < panel.count; ++key) {
            for (int64_t d = 0; d < width; d += lanes<T>) {
                typename Lanes<T>::type row;
                panel.template load_value<L>(key, d, row);
                memcpy(v + key * width + d, &row, sizeof row);
            }
        }
    }
};

template <class T> struct Eight { typedef T type __attribute__((vector_size(8 * sizeof(T)))); };

// logits [whole(count)] = q [dim] times the keys, straight from where they lie: for so few rows that packing costs
// more.
template <class T, class C> struct RowTimesKeys {
    const T *q;
    const Panel<T, C> &panel;
    T *logits;

    template <Simd L> VT_INLINE void run() const {
        if constexpr (is_narrow<T, C>) {
            if (panel.dim % 8 == 0) {
                return run_narrow<L>();
            }
        }
        for (int64_t key = 0; key < whole<T>(panel.count); key += 8) {
            typename Eight<T>::type sum = {};
            for (int64_t d = 0; d < panel.dim; d += lanes<T>) {
                typename Lanes<T>::type rows[8];
#pragma GCC unroll 8
                for (int i = 0; i < 8; ++i) {
                    panel.template load_key<L>(key + i, d, rows[i]);
                }
                transpose(rows, Accumulate{q + d, panel.dim - d, sum});
            }
            memcpy(logits + key, &sum, sizeof sum);
        }
    }

    template <Simd L> VT_INLINE void run_narrow() const {
        int64_t key = 0;
        for (; key + 16 < panel.count; key += 32) {
            run_keys<L, 2>(key); // as long as one sum waits, the other goes on
        }
        if (key < panel.count) {
            run_keys<L, 1>(key);
        }
    }

    // N times sixteen keys, sorted while they are narrow: half the shuffles.
    template <Simd L, int N> VT_INLINE void run_keys(int64_t key) const {
        Wide<L, T> sums[N] = {};
        for (int64_t d = 0; d < panel.dim; d += 8) {
#pragma GCC unroll 2
            for (int n = 0; n < N; ++n) {
                Halves x[8];
                panel.load_keys(key + 16 * n, d, x);
#pragma GCC unroll 8
                for (int i = 0; i < 8; ++i) {
                    Wide<L, T> keys;
                    keys.template load<C>(x[i]);
                    sums[n].add_product(q[d + i], keys);
                }
            }
        }
        memcpy(logits + key, sums, sizeof sums);
    }

    struct Accumulate {
        const T *q;
        int64_t count;
        typename Eight<T>::type &sum;

        VT_INLINE void put(int lane, const typename Eight<T>::type &eight) const {
            if (lane < count) {
                sum += q[lane] * eight;
            }
        }
    };
};

// out [width] = weights [count] times the values + factor * out, straight from where they lie.
template <class T, class C> struct RowTimesValues {
    const T *weights;
    const Panel<T, C> &panel;
    int64_t width;
    T *out;
    T factor;

    template <Simd L> VT_INLINE void run() const {
        constexpr int vectors = L == Simd::Avx512 ? 8 : 2;
        int64_t d = 0;
        for (; d + vectors * lanes<T> <= panel.dim; d += vectors * lanes<T>) {
            run_tile<L, vectors, false>(d);
        }
        for (; d < width; d += lanes<T>) {
            d + lanes<T> <= panel.dim ? run_tile<L, 1, false>(d) : run_tile<L, 1, true>(d);
        }
    }

    template <Simd L, int N, bool IsTail> VT_INLINE void run_tile(int64_t d) const {
        Wide<L, T> total[N] = {};
#pragma GCC unroll 8
        for (int n = 0; n < N; ++n) {
            Wide<L, T> old;
            old.load(out + d + n * lanes<T>);
            total[n].add_product(factor, old);
        }
        for (int64_t key = 0; key < panel.count; ++key) {
            const C *row = panel.v[key] + d;
            const C *next = panel.k[key + kPanel<T>] + d;
#pragma GCC unroll 8
            for (int n = 0; n < N; ++n) {
                __builtin_prefetch(next + n * lanes<T>, 0, 2);
                Wide<L, T> values;
                IsTail ? values.load_tail(row, panel.dim - d) : values.load(row + n * lanes<T>);
                total[n].add_product(weights[key], values);
            }
        }
        memcpy(out + d, total, sizeof total);
    }
};

// Rows of logits of a panel to weights; a row sees `seen` keys of it.
template <class T> struct Soften {
    T *logits; // [rows][kPanel]
    const T *bias;
    int64_t rows, columns; // columns: keys in whole vectors
    const int64_t *seen;   // per row, at most columns; may be negative
    T *top, *sum, *factor; // factor: by what earlier sums shrink

    template <Simd L> VT_INLINE void run() const {
        for (int64_t row = 0; row < rows; ++row) {
            run_row(logits + row * kPanel<T>, row);
        }
    }

    VT_INLINE void run_row(T *row_logits, int64_t row) const {
        using V = typename Lanes<T>::type;
        for (int64_t i = 0; bias != nullptr && i < seen[row]; ++i) {
            row_logits[i] += bias[i];
        }
        for (int64_t i = std::max<int64_t>(0, seen[row]); i < columns; ++i) {
            row_logits[i] = -std::numeric_limits<T>::infinity();
        }
        V best = top[row] - V{};
        for (int64_t i = 0; i < columns; i += lanes<T>) {
            V values;
            memcpy(&values, row_logits + i, sizeof values);
            best = values > best ? values : best;
        }
        const T highest = max_lanes<T>(best);
        V total = {};
        for (int64_t at = 0; at < columns; at += lanes<T>) {
            for (int64_t i = at; i < at + lanes<T>; ++i) {
                row_logits[i] = exponential(row_logits[i] - highest);
            }
            V values;
            memcpy(&values, row_logits + at, sizeof values);
            total += values;
        }
        factor[row] = exponential(top[row] - highest);
        sum[row] = sum[row] * factor[row] + sum_lanes<T>(total);
        top[row] = highest;
    }
};
} // namespace attention_panel
} // namespace cpu
} // namespace vlmtorch
