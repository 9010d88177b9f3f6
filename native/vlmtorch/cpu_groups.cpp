// What becomes of a group of tokens. The order of operations is that of the plain operations, so results are theirs to
// the last bit.
#include <algorithm>
#include <vector>

#include "cpu.h"
#include "cpu_merge.h"

namespace vlmtorch {
namespace cpu {
namespace {
// Sources by output, in their order: those of output p stand at first[p] .. first[p + 1] - 1.
struct Members {
    std::vector<int64_t> first, sources;

    explicit Members(const Joins &joins)
        : first(static_cast<size_t>(joins.outputs) + 2), sources(static_cast<size_t>(joins.joined)) {
        for (int64_t i = 0; i < joins.joined; ++i) {
            ++first[static_cast<size_t>(joins.destinations[i]) + 2];
        }
        for (size_t p = 2; p < first.size(); ++p) {
            first[p] += first[p - 1];
        }
        for (int64_t i = 0; i < joins.joined; ++i) { // moves first[p + 1] from the begin of p to its end
            sources[static_cast<size_t>(first[static_cast<size_t>(joins.destinations[i]) + 1]++)] = joins.sources[i];
        }
    }
};

template <class T> struct Picture {
    const T *x, *weights;
    int64_t size;

    T weight(int64_t token) const { return weights == nullptr ? T(1) : weights[token]; }

    void start(int64_t token, T weight, T *out) const {
        const T *row = x + token * size;
        for (int64_t c = 0; c < size; ++c) {
            out[c] = row[c] * weight;
        }
    }

    void add(int64_t token, T *out) const {
        const T *row = x + token * size;
        const T factor = weight(token);
        for (int64_t c = 0; c < size; ++c) {
            out[c] += row[c] * factor;
        }
    }
};

template <class T> void reduce(const Groups<T> &groups, int64_t b, T *out, T *totals) {
    const int64_t size = groups.tokens.size;
    const Joins joins = groups.joins.of(b);
    const Picture<T> picture{groups.tokens.x + b * groups.tokens.stride,
                             groups.weights == nullptr ? nullptr : groups.weights + b * groups.tokens.tokens, size};
    const Members members(joins);
    at::parallel_for(0, joins.outputs, 64, [&](int64_t begin, int64_t end) {
        for (int64_t p = begin; p < end; ++p) {
            T *row = out + p * size;
            const bool has_sources = p >= groups.first;
            T total = picture.weight(joins.anchors[p]);
            picture.start(joins.anchors[p], has_sources ? total : T(1), row);
            for (int64_t i = members.first[static_cast<size_t>(p)]; i < members.first[static_cast<size_t>(p) + 1];
                 ++i) {
                const int64_t source = members.sources[static_cast<size_t>(i)];
                picture.add(source, row);
                total += picture.weight(source);
            }
            if (groups.is_mean && has_sources) {
                std::transform(row, row + size, row, [&](T sum) { return sum / total; });
            }
            totals[p] = total;
        }
    });
}
} // namespace

template <class T> void reduce_groups(const Groups<T> &groups, T *out, T *totals) {
    for (int64_t b = 0; b < groups.tokens.batch; ++b) {
        reduce(groups, b, out + b * groups.joins.outputs * groups.tokens.size, totals + b * groups.joins.outputs);
    }
}

template void reduce_groups(const Groups<float> &, float *, float *);
template void reduce_groups(const Groups<double> &, double *, double *);
} // namespace cpu
} // namespace vlmtorch
