// Attention on the CPU by online softmax (Milakov, Gimelshein 2018, arXiv 1805.02867; FlashAttention: Dao et al. 2022,
// arXiv 2205.14135): panels of keys and values are widened into the cache, all query rows pass, and no row of logits
// is ever whole in memory. Panels begin at multiples of kPanel keys and every sum has a fixed order, so a row's result
// does not depend on the rows beside it: prefill, its chunks and decode give the same numbers.
#include <algorithm>
#include <limits>
#include <vector>

#include "cpu.h"
#include "cpu_transpose.h"

namespace vlmtorch {
namespace cpu {
namespace {
constexpr int kTileRows = 6;
constexpr int kTileVectors = 4;
constexpr int64_t kTaskRows = 384; // query rows that share a panel

template <class T> constexpr int64_t lanes = Lanes<T>::count;
template <class T> constexpr int64_t kPanel = kTileVectors *lanes<T>; // keys

// Rows of keys or values: at a stride, or in blocks by a table.
template <class C> struct Rows {
    const C *data;
    int64_t stride;
    const int64_t *table; // null without blocks
    int64_t block_size;

    const C *at(int64_t row) const {
        const int64_t place = table == nullptr ? row : table[row / block_size] * block_size + row % block_size;
        return data + place * stride;
    }
};

// Query rows of one head (or of the heads that share keys) against its keys.
template <class T, class C> struct Head {
    const T *q;
    T *out;
    int64_t q_stride, out_stride; // from token to token
    int64_t group;                // heads that lie beside each other in q and out and share the keys
    Rows<C> k, v;
    const T *bias; // one per key, or null
    int64_t keys, dim;
    int64_t causal_offset; // token j sees keys 0 .. causal_offset + j, or all where negative
    T scale;

    int64_t seen(int64_t row) const { return causal_offset < 0 ? keys : causal_offset + row / group + 1; }
};

// What a thread works with; kept from call to call.
template <class T> struct Buffers {
    std::vector<T> q, k, v, out, top, sum;

    T *get(std::vector<T> &buffer, int64_t count) {
        if (buffer.size() < static_cast<size_t>(count) + lanes<T>) {
            buffer.resize(static_cast<size_t>(count) + lanes<T>);
        }
        const uintptr_t address = reinterpret_cast<uintptr_t>(buffer.data());
        return reinterpret_cast<T *>((address + 63) & ~static_cast<uintptr_t>(63));
    }
};

template <class T> struct Columns {
    T *to;
    int64_t count;

    template <class V> VT_INLINE void put(int lane, const V &eight) const {
        if (lane < count) {
            memcpy(to + lane * kPanel<T>, &eight, sizeof eight);
        }
    }
};

// Keys first .. first + count - 1 to [dim][kPanel], values to [kPanel][width]; zeros behind the last one.
template <class T, class C> struct PackPanel {
    const Head<T, C> &head;
    int64_t first, count, width;
    T *k, *v;

    template <Simd L> VT_INLINE void run() const {
        for (int64_t key = 0; key < kPanel<T>; key += 8) {
            for (int64_t d = 0; d < head.dim; d += lanes<T>) {
                typename Lanes<T>::type rows[8] = {};
                for (int i = 0; i < 8 && key + i < count; ++i) {
                    load<L>(head.k, key + i, d, rows[i]);
                }
                transpose(rows, Columns<T>{k + d * kPanel<T> + key, head.dim - d});
            }
        }
        for (int64_t key = 0; key < kPanel<T>; ++key) {
            for (int64_t d = 0; d < width; d += lanes<T>) {
                typename Lanes<T>::type row = {};
                if (key < count) {
                    load<L>(head.v, key, d, row);
                }
                memcpy(v + key * width + d, &row, sizeof row);
            }
        }
    }

    template <Simd L>
    VT_INLINE void load(const Rows<C> &rows, int64_t key, int64_t d, typename Lanes<T>::type &out) const {
        const Weights<C> row{rows.at(first + key), nullptr, head.dim};
        if (first + key + kPanel<T> < head.keys) {
            __builtin_prefetch(rows.at(first + key + kPanel<T>) +
                               d); // a head's rows lie too far apart for the hardware
        }
        d + lanes<T> <= head.dim ? read<L, T>(row, 0, d, out) : read_tail<L, T>(row, 0, d, out);
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
        int64_t column = 0;
        if constexpr (L == Simd::Avx512) {
            for (; column + kTileVectors * lanes<T> <= columns; column += kTileVectors * lanes<T>) {
                run_tile<R, kTileVectors>(column);
            }
        }
        for (; column < columns; column += lanes<T>) {
            run_tile<R, 1>(column);
        }
    }

    template <int R, int N> VT_INLINE void run_tile(int64_t column) const {
        using V = typename Lanes<T>::type;
        V total[R][N] = {};
        if (factor != nullptr) {
#pragma GCC unroll 6
            for (int r = 0; r < R; ++r) {
#pragma GCC unroll 4
                for (int n = 0; n < N; ++n) {
                    V old;
                    memcpy(&old, c + r * c_stride + column + n * lanes<T>, sizeof old);
                    total[r][n] = old * factor[r];
                }
            }
        }
        for (int64_t step = 0; step < steps; ++step) {
            V values[N];
#pragma GCC unroll 4
            for (int n = 0; n < N; ++n) {
                memcpy(&values[n], b + step * b_stride + column + n * lanes<T>, sizeof(V));
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
                memcpy(c + r * c_stride + column + n * lanes<T>, &sum, sizeof sum);
            }
        }
    }
};

// One row of logits of a panel to weights, of which `count` are seen; `factor` is by what earlier sums shrink.
template <class T> struct Soften {
    T *logits;
    const T *bias;
    int64_t count;
    T *top, *sum, *factor;

    template <Simd L> VT_INLINE void run() const {
        using V = typename Lanes<T>::type;
        for (int64_t i = 0; bias != nullptr && i < count; ++i) {
            logits[i] += bias[i];
        }
        for (int64_t i = std::max<int64_t>(0, count); i < kPanel<T>; ++i) {
            logits[i] = -std::numeric_limits<T>::infinity();
        }
        V panel[kTileVectors];
        memcpy(panel, logits, sizeof panel);
        V best = *top - V{};
        for (const V &values : panel) {
            best = values > best ? values : best;
        }
        const T highest = max_lanes<T>(best);
        for (int64_t i = 0; i < kPanel<T>; ++i) {
            logits[i] = exponential(logits[i] - highest);
        }
        memcpy(panel, logits, sizeof panel);
        V total = {};
        for (const V &values : panel) {
            total += values;
        }
        *factor = exponential(*top - highest);
        *sum = *sum * *factor + sum_lanes<T>(total);
        *top = highest;
    }
};

// Query rows begin .. end - 1.
template <class T, class C> void attend(const Head<T, C> &head, int64_t begin, int64_t end, Buffers<T> &buffers) {
    const int64_t rows = end - begin;
    const int64_t width = (head.dim + lanes<T> - 1) / lanes<T> * lanes<T>;
    T *q = buffers.get(buffers.q, rows * head.dim);
    T *k = buffers.get(buffers.k, width * kPanel<T>);
    T *v = buffers.get(buffers.v, kPanel<T> * width);
    T *out = buffers.get(buffers.out, rows * width);
    T *top = buffers.get(buffers.top, rows);
    T *sum = buffers.get(buffers.sum, rows);
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t token = (begin + row) / head.group;
        const T *from = head.q + token * head.q_stride + (begin + row) % head.group * head.dim;
        std::transform(from, from + head.dim, q + row * head.dim, [&](T value) { return value * head.scale; });
    }
    std::fill(out, out + rows * width, T(0));
    std::fill(top, top + rows, std::numeric_limits<T>::lowest()); // not infinity: a panel may be hidden by its bias
    std::fill(sum, sum + rows, T(0));
    const int64_t keys = head.seen(end - 1);
    for (int64_t first = 0; first < keys; first += kPanel<T>) {
        run_simd(PackPanel<T, C>{head, first, std::min(kPanel<T>, keys - first), width, k, v});
        for (int64_t row = 0; row < rows; row += kTileRows) {
            const int64_t tile = std::min<int64_t>(kTileRows, rows - row);
            if (head.seen(begin + row + tile - 1) <= first) {
                continue;
            }
            alignas(64) T logits[kTileRows * kPanel<T>];
            T factor[kTileRows];
            run_simd(Multiply<T>{q + row * head.dim, k, logits, head.dim, kPanel<T>, kPanel<T>, tile, head.dim,
                                 kPanel<T>, nullptr});
            for (int64_t r = 0; r < tile; ++r) {
                const int64_t seen = head.seen(begin + row + r) - first;
                run_simd(Soften<T>{logits + r * kPanel<T>, head.bias == nullptr ? nullptr : head.bias + first,
                                   std::min(seen, kPanel<T>), top + row + r, sum + row + r, factor + r});
            }
            run_simd(
                Multiply<T>{logits, v, out + row * width, kPanel<T>, width, width, tile, kPanel<T>, width, factor});
        }
    }
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t token = (begin + row) / head.group;
        T *to = head.out + token * head.out_stride + (begin + row) % head.group * head.dim;
        const T factor = T(1) / sum[row];
        std::transform(out + row * width, out + row * width + head.dim, to, [&](T value) { return value * factor; });
    }
}

// All rows of all heads, in tasks of at most kTaskRows rows.
template <class T, class F> void for_each_part(int64_t heads, int64_t most_rows, const F &run) {
    const int64_t parts = (most_rows + kTaskRows - 1) / kTaskRows;
    for_each_task(heads * parts, [&](int64_t task) {
        thread_local Buffers<T> buffers;
        run(task / parts, task % parts, parts, buffers);
    });
}

template <class T, class C>
void attend_part(const Head<T, C> &head, int64_t rows, int64_t part, int64_t parts, Buffers<T> &buffers) {
    const int64_t begin = rows * part / parts;
    const int64_t end = rows * (part + 1) / parts;
    if (begin < end) {
        attend(head, begin, end, buffers);
    }
}
} // namespace

template <class T> void attention(const Attention<T> &p, T *out) {
    for_each_part<T>(p.batch * p.heads, p.queries, [&](int64_t task, int64_t part, int64_t parts, Buffers<T> &buffers) {
        const int64_t b = task / p.heads;
        const int64_t h = task % p.heads;
        const Rows<T> k{p.k + b * p.k_stride[0] + h * p.k_stride[1], p.k_stride[2], nullptr, 0};
        const Rows<T> v{p.v + b * p.v_stride[0] + h * p.v_stride[1], p.v_stride[2], nullptr, 0};
        const Head<T, T> head{p.q + b * p.q_stride[0] + h * p.q_stride[1],
                              out + (b * p.queries * p.heads + h) * p.dim,
                              p.q_stride[2],
                              p.heads * p.dim,
                              1,
                              k,
                              v,
                              p.bias == nullptr ? nullptr : p.bias + b * p.keys,
                              p.keys,
                              p.dim,
                              -1,
                              p.scale};
        attend_part(head, p.queries, part, parts, buffers);
    });
}

template <class T, class C> void paged_attention(const Paged<T, C> &p, T *out) {
    const int64_t group = p.heads / p.kv_heads;
    int64_t most = 0;
    for (int64_t i = 0; i < p.sequences; ++i) {
        most = std::max(most, (p.starts[i + 1] - p.starts[i]) * group);
    }
    for_each_part<T>(p.sequences * p.kv_heads, most,
                     [&](int64_t task, int64_t part, int64_t parts, Buffers<T> &buffers) {
                         const int64_t sequence = task / p.kv_heads;
                         const int64_t kv_head = task % p.kv_heads;
                         const int64_t queries = p.starts[sequence + 1] - p.starts[sequence];
                         const int64_t at = (p.starts[sequence] * p.heads + kv_head * group) * p.dim;
                         const int64_t *table = p.tables + sequence * p.table_width;
                         const int64_t stride = p.kv_heads * p.dim;
                         const Head<T, C> head{p.q + at,
                                               out + at,
                                               p.heads * p.dim,
                                               p.heads * p.dim,
                                               group,
                                               {p.keys + kv_head * p.dim, stride, table, p.block_size},
                                               {p.values + kv_head * p.dim, stride, table, p.block_size},
                                               nullptr,
                                               p.lengths[sequence],
                                               p.dim,
                                               p.lengths[sequence] - queries,
                                               p.scale};
                         attend_part(head, queries * group, part, parts, buffers);
                     });
}

template void attention(const Attention<float> &, float *);
template void attention(const Attention<double> &, double *);
template void paged_attention(const Paged<float, float> &, float *);
template void paged_attention(const Paged<float, Float16> &, float *);
template void paged_attention(const Paged<double, double> &, double *);
} // namespace cpu
} // namespace vlmtorch
