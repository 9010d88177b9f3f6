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

// `count` up to a multiple of whole vectors.
template <class T> constexpr int64_t whole(int64_t count) { return (count + lanes<T> - 1) / lanes<T> * lanes<T>; }

// Rows of keys or values: at a stride, or in blocks by a table.
template <class C> struct Rows {
    const C *data;
    int64_t stride;
    const int64_t *table; // null without blocks
    int64_t block_size;

    // Addresses of the rows begin .. end - 1; a division per block only.
    void find(int64_t begin, int64_t end, const C **to) const {
        while (begin < end) {
            const int64_t until = table == nullptr ? end : std::min(end, (begin / block_size + 1) * block_size);
            const int64_t place =
                table == nullptr ? begin : table[begin / block_size] * block_size + begin % block_size;
            for (const C *row = data + place * stride; begin < until; ++begin, row += stride) {
                *to++ = row;
            }
        }
    }
};

// Keys and values of one panel, and of the next for prefetching: a head's rows lie too far apart for the hardware's
// own.
template <class T, class C> struct Panel {
    const C *k[2 * kPanel<T>], *v[2 * kPanel<T>];
    int64_t count, known; // keys of this panel; of both
    int64_t dim;

    Panel(const Rows<C> &keys, const Rows<C> &values, int64_t first, int64_t end, int64_t dim)
        : count(std::min(kPanel<T>, end - first)), known(std::min(2 * kPanel<T>, end - first)), dim(dim) {
        keys.find(first, first + known, k);
        values.find(first, first + known, v);
    }

    // Elements d .. of a row, zeros behind the last one and for keys that there are not.
    template <Simd L>
    VT_INLINE void load(const C *const *rows, int64_t key, int64_t d, typename Lanes<T>::type &out) const {
        if (key >= count) {
            out = typename Lanes<T>::type{};
            return;
        }
        if (key + kPanel<T> < known) {
            __builtin_prefetch(rows[key + kPanel<T>] + d, 0, 2); // rows share sets of the first cache
        }
        const Weights<C> row{rows[key], nullptr, dim};
        d + lanes<T> <= dim ? read<L, T>(row, 0, d, out) : read_tail<L, T>(row, 0, d, out);
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
                    panel.template load<L>(panel.k, key + i, d, rows[i]);
                }
                transpose(rows, Columns<T>{k + d * kPanel<T> + key, panel.dim - d});
            }
        }
        for (int64_t key = 0; key < panel.count; ++key) {
            for (int64_t d = 0; d < width; d += lanes<T>) {
                typename Lanes<T>::type row;
                panel.template load<L>(panel.v, key, d, row);
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
        for (int64_t key = 0; key < whole<T>(panel.count); key += 8) {
            typename Eight<T>::type sum = {};
            for (int64_t d = 0; d < panel.dim; d += lanes<T>) {
                typename Lanes<T>::type rows[8];
#pragma GCC unroll 8
                for (int i = 0; i < 8; ++i) {
                    panel.template load<L>(panel.k, key + i, d, rows[i]);
                }
                transpose(rows, Accumulate{q + d, panel.dim - d, sum});
            }
            memcpy(logits + key, &sum, sizeof sum);
        }
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
        int64_t d = 0;
        for (; d + kTileVectors * lanes<T> <= width; d += kTileVectors * lanes<T>) {
            run_tile<L, kTileVectors>(d);
        }
        for (; d < width; d += lanes<T>) {
            run_tile<L, 1>(d);
        }
    }

    template <Simd L, int N> VT_INLINE void run_tile(int64_t d) const {
        typename Lanes<T>::type total[N];
        memcpy(total, out + d, sizeof total);
#pragma GCC unroll 4
        for (int n = 0; n < N; ++n) {
            total[n] *= factor;
        }
        for (int64_t key = 0; key < panel.count; ++key) {
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n) {
                typename Lanes<T>::type values;
                panel.template load<L>(panel.v, key, d + n * lanes<T>, values);
                total[n] += weights[key] * values;
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
