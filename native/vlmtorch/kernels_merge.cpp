// Kernels of token merging (IMergeKernels): float32 and float64 on the CPU; the binding goes elsewhere for the rest.
#include "convert.h"
#include "cpu_merge.h"
#include "guard.h"
#include "kernels_own.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
void check(const char *name, const at::Tensor &x) {
    TORCH_CHECK(own_type(x) && x.dim() == 3 && x.size(1) > 0, name,
                ": expected float32 or float64 [B, tokens, C] on the CPU, found ", x.toString(), " ", x.sizes());
}

void check_index(const char *name, const at::Tensor &x, int64_t batch) {
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kLong && x.dim() == 2 && x.size(0) == batch, name,
                ": expected int64 [", batch, ", n] on the CPU, found ", x.toString(), " ", x.sizes());
}

// Indices are trusted by nobody: one beyond the tokens would read another's memory.
void check_range(const char *name, const at::Tensor &index, int64_t limit) {
    const int64_t *first = index.data_ptr<int64_t>();
    const int64_t *last = first + index.numel();
    TORCH_CHECK(std::all_of(first, last, [&](int64_t i) { return i >= 0 && i < limit; }), name,
                ": expected indices from 0 to ", limit - 1);
}

template <class T> cpu::Tokens<T> tokens(const at::Tensor &x) {
    return {x.data_ptr<T>(), x.size(0), x.size(1), x.size(2), x.stride(0)};
}

// With dense tokens one after another in each picture, as the patches behind a class token are.
at::Tensor dense(const at::Tensor &x) { return x.stride(2) == 1 && x.stride(1) == x.size(2) ? x : x.contiguous(); }

at::Tensor per_token(const at::Tensor &x) { return at::empty({x.size(0), x.size(1)}, x.options()); }

at::Tensor mean_elu(const at::Tensor &x, double margin, double alpha, double step) {
    check("mean elu of cosines", x);
    const at::Tensor input = dense(x);
    at::Tensor out = per_token(x);
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::mean_elu_of_cosines<T>(tokens<T>(input), static_cast<T>(margin), static_cast<T>(alpha),
                                    static_cast<T>(step), out.data_ptr<T>());
    });
    return out;
}

at::Tensor mean_bell(const at::Tensor &x, double sharpness) {
    check("mean bell of cosines", x);
    const at::Tensor input = dense(x);
    at::Tensor out = per_token(x);
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::mean_bell_of_cosines<T>(tokens<T>(input), static_cast<T>(sharpness), out.data_ptr<T>());
    });
    return out;
}

std::tuple<at::Tensor, at::Tensor> lower_ranked(const at::Tensor &x, bool counts_itself) {
    check("lower ranked cosines", x);
    const at::Tensor input = dense(x);
    at::Tensor cosines = per_token(x);
    at::Tensor ranking = at::empty(cosines.sizes(), x.options().dtype(at::kLong));
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::lower_ranked_cosines<T>(tokens<T>(input), counts_itself, cosines.data_ptr<T>(),
                                     ranking.data_ptr<int64_t>());
    });
    return {cosines, ranking};
}

at::Tensor falling_order(const at::Tensor &values) {
    TORCH_CHECK(own_type(values) && values.dim() == 2,
                "falling order: expected float32 or float64 [B, n] on the CPU, found ", values.toString(), " ",
                values.sizes());
    const at::Tensor input = values.contiguous();
    at::Tensor places = at::empty(values.sizes(), values.options().dtype(at::kLong));
    typed(values, [&](auto zero) {
        using T = decltype(zero);
        for (int64_t b = 0; b < values.size(0); ++b) {
            const int64_t first = b * values.size(1);
            cpu::falling_order<T>(data<T>(input) + first, values.size(1), places.data_ptr<int64_t>() + first);
        }
    });
    return places;
}

// Who joins whom: anchors [B, outputs], sources and destinations [B, joined].
struct Joined {
    at::Tensor anchors, sources, destinations;

    Joined(const at::Tensor &x, int64_t outputs, int64_t joined)
        : anchors(at::empty({x.size(0), outputs}, x.options().dtype(at::kLong))),
          sources(at::empty({x.size(0), joined}, anchors.options())),
          destinations(at::empty({x.size(0), joined}, anchors.options())) {}

    Joined(const at::Tensor &anchors, const at::Tensor &sources, const at::Tensor &destinations)
        : anchors(anchors.contiguous()), sources(sources.contiguous()), destinations(destinations.contiguous()) {}

    cpu::Joins view() const {
        return {anchors.data_ptr<int64_t>(), sources.data_ptr<int64_t>(), destinations.data_ptr<int64_t>(),
                anchors.size(1), sources.size(1)};
    }

    void put(VtTensor **out0, VtTensor **out1, VtTensor **out2) const {
        vlmtorch::put(out0, anchors);
        vlmtorch::put(out1, sources);
        vlmtorch::put(out2, destinations);
    }
};

cpu::Run run(VtRun run) { return {run.start, run.count, run.step}; }

Joined join_nearest(const at::Tensor &x, const at::Tensor &order, int64_t front, VtRun kept, VtRun destinations,
                    VtRun sources) {
    check("join nearest", x);
    check_index("join nearest: order", order, x.size(0));
    const at::Tensor input = dense(x);
    const at::Tensor ranked = order.contiguous();
    check_range("join nearest: order", ranked, x.size(1) - front);
    for (const VtRun &run : {kept, destinations, sources}) {
        TORCH_CHECK(run.count == 0 || (run.start >= 0 && run.start + (run.count - 1) * run.step < order.size(1)),
                    "join nearest: expected ranks below ", order.size(1), ", found ", run.count, " from ", run.start,
                    " on");
    }
    TORCH_CHECK(sources.count == 0 || destinations.count > 0, "join nearest: expected a destination, found none");
    Joined out(x, front + kept.count + destinations.count, sources.count);
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::join_nearest<T>(
            {tokens<T>(input), data<int64_t>(ranked), order.size(1), front, run(kept), run(destinations), run(sources)},
            out.view());
    });
    return out;
}

Joined join_closest(const at::Tensor &x, const Optional<at::Tensor> &order, int64_t joined, bool class_token) {
    check("join closest", x);
    const at::Tensor input = dense(x);
    const at::Tensor ranks = order.has_value() ? order->contiguous() : at::Tensor();
    const int64_t front = ranks.defined() && class_token ? 1 : 0;
    const int64_t ranked = x.size(1) - front;
    if (ranks.defined()) {
        check_index("join closest: order", ranks, x.size(0));
        TORCH_CHECK(ranks.size(1) == ranked, "join closest: expected order of ", ranked, " tokens, found ",
                    ranks.size(1));
    }
    TORCH_CHECK(ranked > 1 && joined <= (ranked + 1) / 2, "join closest: expected at most ", (ranked + 1) / 2,
                " tokens to join one of the others, found ", joined, " of ", ranked);
    Joined out(x, x.size(1) - joined, joined);
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::join_closest<T>({tokens<T>(input), ranks.defined() ? data<int64_t>(ranks) : nullptr, ranked, front,
                              class_token && !ranks.defined()},
                             out.view());
    });
    return out;
}

Joined join_both_ways(const at::Tensor &attractions, int64_t joined) {
    check("join both ways", attractions);
    const at::Tensor input = attractions.contiguous();
    const int64_t even = input.size(1);
    const int64_t odd = input.size(2);
    TORCH_CHECK(joined / 2 < even && joined - joined / 2 <= odd, "join both ways: expected fewer than [", even, ", ",
                odd, "] to join, found ", joined);
    Joined out(input, even + odd - joined, joined);
    typed(input, [&](auto zero) {
        using T = decltype(zero);
        cpu::join_both_ways<T>({data<T>(input), input.size(0), even, odd}, out.view());
    });
    return out;
}

// x [B, tokens, ...] -> [B, outputs, ...] and what the weights add up to.
std::tuple<at::Tensor, at::Tensor> reduce_groups(const at::Tensor &x, const Optional<at::Tensor> &weights,
                                                 const Joined &joins, int64_t first, bool is_mean) {
    TORCH_CHECK(own_type(x) && x.dim() > 1,
                "reduce groups: expected float32 or float64 [B, tokens, ...] on the CPU, found ", x.toString(), " ",
                x.sizes());
    const at::Tensor input = x.contiguous();
    const at::Tensor counts = weights.has_value() ? weights->contiguous() : at::Tensor();
    TORCH_CHECK(!counts.defined() || (own_type(x, counts) && counts.sizes() == x.sizes().slice(0, 2)),
                "reduce groups: expected weights ", x.toString(), " ", x.sizes().slice(0, 2), ", found ",
                counts.toString(), " ", counts.sizes());
    check_index("reduce groups: anchors", joins.anchors, x.size(0));
    check_index("reduce groups: sources", joins.sources, x.size(0));
    check_index("reduce groups: destinations", joins.destinations, x.size(0));
    check_range("reduce groups: anchors", joins.anchors, x.size(1));
    check_range("reduce groups: sources", joins.sources, x.size(1));
    check_range("reduce groups: destinations", joins.destinations, joins.anchors.size(1));
    std::vector<int64_t> sizes = x.sizes().vec();
    sizes[1] = joins.anchors.size(1);
    at::Tensor out = at::empty(sizes, x.options());
    at::Tensor totals = at::empty(joins.anchors.sizes(), x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        const int64_t size = input.numel() / std::max<int64_t>(1, x.size(0) * x.size(1));
        cpu::reduce_groups<T>({{data<T>(input), x.size(0), x.size(1), size, x.size(1) * size},
                               counts.defined() ? data<T>(counts) : nullptr,
                               joins.view(),
                               first,
                               is_mean},
                              out.data_ptr<T>(), totals.data_ptr<T>());
    });
    return {out, totals};
}
} // namespace

int32_t vt_kernel_mean_elu_of_cosines(const VtTensor *x, double margin, double alpha, double step, VtTensor **out) {
    VT_GUARD(put(out, mean_elu(*x, margin, alpha, step));)
}

int32_t vt_kernel_mean_bell_of_cosines(const VtTensor *x, double sharpness, VtTensor **out) {
    VT_GUARD(put(out, mean_bell(*x, sharpness));)
}

int32_t vt_kernel_lower_ranked_cosines(const VtTensor *x, uint8_t counts_itself, VtTensor **out0, VtTensor **out1) {
    VT_GUARD(put(out0, out1, lower_ranked(*x, counts_itself != 0));)
}

int32_t vt_kernel_falling_order(const VtTensor *values, VtTensor **out) { VT_GUARD(put(out, falling_order(*values));) }

int32_t vt_kernel_join_nearest(const VtTensor *x, const VtTensor *order, int64_t front, VtRun kept, VtRun destinations,
                               VtRun sources, VtTensor **out0, VtTensor **out1, VtTensor **out2) {
    VT_GUARD(join_nearest(*x, *order, front, kept, destinations, sources).put(out0, out1, out2);)
}

int32_t vt_kernel_join_closest(const VtTensor *x, const VtTensor *order, int64_t joined, uint8_t class_token,
                               VtTensor **out0, VtTensor **out1, VtTensor **out2) {
    VT_GUARD(join_closest(*x, maybe(order), joined, class_token != 0).put(out0, out1, out2);)
}

int32_t vt_kernel_join_both_ways(const VtTensor *attractions, int64_t joined, VtTensor **out0, VtTensor **out1,
                                 VtTensor **out2) {
    VT_GUARD(join_both_ways(*attractions, joined).put(out0, out1, out2);)
}

int32_t vt_kernel_reduce_groups(const VtTensor *x, const VtTensor *weights, const VtTensor *anchors,
                                const VtTensor *sources, const VtTensor *destinations, int64_t first_destination,
                                uint8_t is_mean, VtTensor **out0, VtTensor **out1) {
    VT_GUARD(put(out0, out1,
                 reduce_groups(*x, maybe(weights), Joined(*anchors, *sources, *destinations), first_destination,
                               is_mean != 0));)
}
