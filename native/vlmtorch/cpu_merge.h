// Token merging on the CPU, for T = float and double. A token of length 0 has the cosine 0 with every other, and equal
// tokens tie to the last bit.
#pragma once
#include <stdint.h>

namespace vlmtorch {
namespace cpu {
template <class T> struct Tokens {
    const T *x;                          // [batch, tokens, size]
    int64_t batch, tokens, size, stride; // stride: from picture to picture
};

// Mean over the tokens q of f(cosine of p and q), itself included, for every token p: [batch, tokens]. Each pair is
// multiplied once. f(c) = c - margin + step from the margin up, alpha (e^(c - margin) - 1) below it.
template <class T> void mean_elu_of_cosines(const Tokens<T> &tokens, T margin, T alpha, T step, T *out);
// The same with f(c) = e^(-sharpness (1 - c)^2).
template <class T> void mean_bell_of_cosines(const Tokens<T> &tokens, T sharpness, T *out);

// For every token of `from` the largest cosine with one of `to` and the first place where it stands: [batch, tokens]
// each.
template <class T> void nearest_by_cosine(const Tokens<T> &from, const Tokens<T> &to, T *cosines, int64_t *places);

// Tokens ranked by the largest cosine with another, highest first, and for every token the largest cosine with one that
// is ranked below it, -infinity for the last: [batch, tokens] each. Each pair is multiplied once. `counts_itself`: a
// token's cosine with itself, less 1, is among those that it is ranked by.
template <class T> void lower_ranked_cosines(const Tokens<T> &tokens, bool counts_itself, T *cosines, int64_t *ranking);

// Places by falling value, equal values in place order, NaN first.
template <class T> void falling_order(const T *values, int64_t count, int64_t *places);

// Output p of a picture is token anchors[p] with those sources whose destination is p, in their order: [batch,
// outputs], [batch, joined] twice.
struct Joins {
    int64_t *anchors, *sources, *destinations;
    int64_t outputs, joined;

    Joins of(int64_t picture) const {
        return {anchors + picture * outputs, sources + picture * joined, destinations + picture * joined, outputs,
                joined};
    }
};

// Ranks start, start + step, ...
struct Run {
    int64_t start, count, step;
};

// Every source joins its nearest destination. Outputs: `front` tokens, then those kept, then the destinations; order
// [batch, ranked] holds tokens counted from `front` on.
template <class T> struct NearestJoin {
    Tokens<T> tokens;
    const int64_t *order;
    int64_t ranked, front;
    Run kept, destinations, sources;
};
template <class T> void join_nearest(const NearestJoin<T> &join, const Joins &out);

// Of the tokens at even ranks those `joined` with the largest cosine join their nearest at an odd rank. Outputs:
// `front` tokens, the other even ones, the odd ones. Without order [batch, ranked] tokens rank by place; where the
// first one never joins, the other even ones stay in place order, else they fall.
template <class T> struct ClosestJoin {
    Tokens<T> tokens;
    const int64_t *order; // may be null
    int64_t ranked, front;
    bool first_stays;
};
template <class T> void join_closest(const ClosestJoin<T> &join, const Joins &out);

// Some even tokens join odd ones, then some odd ones, with all that joined them, even ones that are left; attractions
// [batch, even, odd]. Outputs: even tokens left in place order, odd ones left by falling attraction.
template <class T> struct TwoWayJoin {
    const T *attractions;
    int64_t batch, even, odd;
};
template <class T> void join_both_ways(const TwoWayJoin<T> &join, const Joins &out);

// Weighted sums over groups and what the weights add up to, [batch, outputs, size] and [batch, outputs]: the anchor
// first, then the sources in their order. Outputs before `first` have no sources.
template <class T> struct Groups {
    Tokens<T> tokens;
    const T *weights; // [batch, tokens]; null where every token counts once
    Joins joins;
    int64_t first;
    bool is_mean; // divided by the totals from `first` on
};
template <class T> void reduce_groups(const Groups<T> &groups, T *out, T *totals);
} // namespace cpu
} // namespace vlmtorch
