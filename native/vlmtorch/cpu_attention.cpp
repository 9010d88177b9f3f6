// Attention on the CPU by online softmax (Milakov, Gimelshein 2018, arXiv 1805.02867; FlashAttention: Dao et al. 2022,
// arXiv 2205.14135): panels of keys and values are widened into the cache, all query rows pass, and no row of logits
// is ever whole in memory. One or two rows read keys and values where they lie. Panels begin at multiples of kPanel
// keys and every sum has a fixed order, so a row's result does not depend on the rows beside it: prefill, its chunks
// and decode give the same numbers.
#include "cpu_attention_panel.h"
#include "scratch.h"

namespace vlmtorch {
namespace cpu {
using namespace attention_panel;

namespace {
constexpr int64_t kTaskRows = 384; // query rows that share a panel
constexpr int64_t kFewRows = 2;    // up to here a panel is not worth packing

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
struct Buffers {
    Scratch q, k, v, out, top, sum;
};

// The query rows of a task with what their sums are so far.
template <class T> struct Running {
    int64_t rows, width;
    T *q;         // [rows, dim], scaled
    T *out;       // [rows, width]
    T *top, *sum; // [rows]
};

template <class T, class C> Running<T> start(const Head<T, C> &head, int64_t begin, int64_t end, Buffers &buffers) {
    const int64_t rows = end - begin;
    const int64_t width = whole<T>(head.dim);
    const Running<T> run{rows,
                         width,
                         buffers.q.get<T>(rows * head.dim),
                         buffers.out.get<T>(rows * width),
                         buffers.top.get<T>(rows),
                         buffers.sum.get<T>(rows)};
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t token = (begin + row) / head.group;
        const T *from = head.q + token * head.q_stride + (begin + row) % head.group * head.dim;
        std::transform(from, from + head.dim, run.q + row * head.dim, [&](T value) { return value * head.scale; });
    }
    std::fill(run.out, run.out + rows * width, T(0));
    std::fill(run.top, run.top + rows, std::numeric_limits<T>::lowest()); // not infinity: a bias may hide a panel
    std::fill(run.sum, run.sum + rows, T(0));
    return run;
}

template <class T, class C> void finish(const Head<T, C> &head, int64_t begin, const Running<T> &run) {
    for (int64_t row = 0; row < run.rows; ++row) {
        const int64_t token = (begin + row) / head.group;
        T *to = head.out + token * head.out_stride + (begin + row) % head.group * head.dim;
        const T *from = run.out + row * run.width;
        const T factor = T(1) / run.sum[row];
        std::transform(from, from + head.dim, to, [&](T value) { return value * factor; });
    }
}

// Rows row .. row + count - 1 of the task with the packed panel that begins at key `first`; the last row sees `keys` of
// it.
template <class T, class C>
void attend_tile(const Head<T, C> &head, const Running<T> &run, int64_t begin, int64_t row, int64_t count,
                 int64_t first, int64_t keys, const T *k, const T *v) {
    alignas(64) T logits[kTileRows * kPanel<T>];
    T factor[kTileRows];
    int64_t seen[kTileRows];
    const int64_t columns = whole<T>(keys);
    for (int64_t r = 0; r < count; ++r) {
        seen[r] = std::min(head.seen(begin + row + r) - first, keys);
    }
    run_simd(Multiply<T>{run.q + row * head.dim, k, logits, head.dim, kPanel<T>, kPanel<T>, count, head.dim, columns,
                         nullptr});
    run_simd(Soften<T>{logits, head.bias == nullptr ? nullptr : head.bias + first, count, columns, seen, run.top + row,
                       run.sum + row, factor});
    run_simd(Multiply<T>{logits, v, run.out + row * run.width, kPanel<T>, run.width, run.width, count, keys, run.width,
                         factor});
}

template <class T, class C>
void attend_packed(const Head<T, C> &head, const Running<T> &run, int64_t begin, const Panel<T, C> &panel,
                   int64_t first, Buffers &buffers) {
    T *k = buffers.k.get<T>(run.width * kPanel<T>);
    T *v = buffers.v.get<T>(kPanel<T> * run.width);
    run_simd(PackPanel<T, C>{panel, run.width, k, v});
    for (int64_t row = 0; row < run.rows; row += kTileRows) {
        const int64_t count = std::min<int64_t>(kTileRows, run.rows - row);
        const int64_t keys = std::min(head.seen(begin + row + count - 1) - first, panel.count);
        if (keys > 0) {
            attend_tile(head, run, begin, row, count, first, keys, k, v);
        }
    }
}

template <class T, class C>
void attend_row(const Head<T, C> &head, const Running<T> &run, int64_t begin, int64_t row, int64_t first) {
    const Panel<T, C> panel(head.k, head.v, first, head.seen(begin + row), head.dim);
    if (panel.count <= 0) {
        return;
    }
    alignas(64) T logits[kPanel<T>];
    T factor;
    run_simd(RowTimesKeys<T, C>{run.q + row * head.dim, panel, logits});
    run_simd(Soften<T>{logits, head.bias == nullptr ? nullptr : head.bias + first, 1, whole<T>(panel.count),
                       &panel.count, run.top + row, run.sum + row, &factor});
    run_simd(RowTimesValues<T, C>{logits, panel, run.width, run.out + row * run.width, factor});
}

// Query rows begin .. end - 1.
template <class T, class C> void attend(const Head<T, C> &head, int64_t begin, int64_t end, Buffers &buffers) {
    const Running<T> run = start(head, begin, end, buffers);
    const int64_t keys = head.seen(end - 1);
    for (int64_t first = 0; first < keys; first += kPanel<T>) {
        if (run.rows <= kFewRows) {
            for (int64_t row = 0; row < run.rows; ++row) {
                attend_row(head, run, begin, row, first);
            }
        } else {
            attend_packed(head, run, begin, Panel<T, C>(head.k, head.v, first, keys, head.dim), first, buffers);
        }
    }
    finish(head, begin, run);
}

// All rows of all heads, in tasks of at most kTaskRows rows.
template <class T, class F> void for_each_part(int64_t heads, int64_t most_rows, const F &run) {
    const int64_t parts = (most_rows + kTaskRows - 1) / kTaskRows;
    for_each_task(heads * parts, [&](int64_t task) {
        thread_local Buffers buffers;
        run(task / parts, task % parts, parts, buffers);
    });
}

template <class T, class C>
void attend_part(const Head<T, C> &head, int64_t rows, int64_t part, int64_t parts, Buffers &buffers) {
    const int64_t begin = rows * part / parts;
    const int64_t end = rows * (part + 1) / parts;
    if (begin < end) {
        attend(head, begin, end, buffers);
    }
}
} // namespace

template <class T> void attention(const Attention<T> &p, T *out) {
    for_each_part<T>(p.batch * p.heads, p.queries, [&](int64_t task, int64_t part, int64_t parts, Buffers &buffers) {
        const int64_t b = task / p.heads;
        const int64_t h = task % p.heads;
        const Rows<T> k{p.k + b * p.k_stride[0] + h * p.k_stride[1], p.k_stride[2], nullptr, 0, 0};
        const Rows<T> v{p.v + b * p.v_stride[0] + h * p.v_stride[1], p.v_stride[2], nullptr, 0, 0};
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
    for_each_part<T>(p.sequences * p.kv_heads, most, [&](int64_t task, int64_t part, int64_t parts, Buffers &buffers) {
        const int64_t sequence = task / p.kv_heads;
        const int64_t kv_head = task % p.kv_heads;
        const int64_t queries = p.starts[sequence + 1] - p.starts[sequence];
        const int64_t at = (p.starts[sequence] * p.heads + kv_head * group) * p.dim;
        const int64_t *table = p.tables + sequence * p.table_width;
        const int64_t stride = p.kv_heads * p.dim, block = stride * p.block_size;
        const Head<T, C> head{p.q + at,
                              out + at,
                              p.heads * p.dim,
                              p.heads * p.dim,
                              group,
                              {p.keys + kv_head * p.dim * p.block_size, p.dim, table, p.block_size, block},
                              {p.values + kv_head * p.dim * p.block_size, p.dim, table, p.block_size, block},
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
