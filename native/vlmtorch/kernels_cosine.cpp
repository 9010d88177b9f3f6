// Kernels of token merging (IKernels): float32 and float64 on the CPU; the binding goes elsewhere for the rest.
#include "convert.h"
#include "cpu.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
void check(const char *name, const at::Tensor &x) {
    TORCH_CHECK(x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) && x.dim() == 3 &&
                    x.size(1) > 0,
                name, ": expected float32 or float64 [B, tokens, C] on the CPU, found ", x.toString(), " ", x.sizes());
}

// Calls f with float or double as the type of its argument.
template <class F> void typed(const at::Tensor &x, const F &f) {
    x.scalar_type() == at::kDouble ? f(double{}) : f(float{});
}

template <class T> cpu::Tokens<T> tokens(const at::Tensor &x) {
    return {x.data_ptr<T>(), x.size(0), x.size(1), x.size(2), x.stride(0)};
}

// With dense tokens one after another in each picture, as the patches behind a class token are.
at::Tensor dense(const at::Tensor &x) { return x.stride(2) == 1 && x.stride(1) == x.size(2) ? x : x.contiguous(); }

at::Tensor mean_elu(const at::Tensor &x, double margin, double alpha, double step) {
    check("mean elu of cosines", x);
    const at::Tensor input = dense(x);
    at::Tensor out = at::empty({x.size(0), x.size(1)}, x.options());
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
    at::Tensor out = at::empty({x.size(0), x.size(1)}, x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::mean_bell_of_cosines<T>(tokens<T>(input), static_cast<T>(sharpness), out.data_ptr<T>());
    });
    return out;
}

std::tuple<at::Tensor, at::Tensor> nearest(const at::Tensor &from, const at::Tensor &to) {
    check("nearest by cosine", to);
    TORCH_CHECK(from.is_cpu() && from.scalar_type() == to.scalar_type() && from.dim() == 3 &&
                    from.size(0) == to.size(0) && from.size(2) == to.size(2),
                "nearest by cosine: expected ", to.toString(), " [", to.size(0), ", tokens, ", to.size(2), "], found ",
                from.toString(), " ", from.sizes());
    const at::Tensor sources = dense(from);
    const at::Tensor choices = dense(to);
    at::Tensor cosines = at::empty({from.size(0), from.size(1)}, from.options());
    at::Tensor places = at::empty(cosines.sizes(), from.options().dtype(at::kLong));
    typed(from, [&](auto zero) {
        using T = decltype(zero);
        cpu::nearest_by_cosine<T>(tokens<T>(sources), tokens<T>(choices), cosines.data_ptr<T>(),
                                  places.data_ptr<int64_t>());
    });
    return {cosines, places};
}
} // namespace

int32_t vt_kernel_mean_elu_of_cosines(const VtTensor *x, double margin, double alpha, double step, VtTensor **out) {
    VT_GUARD(put(out, mean_elu(*x, margin, alpha, step));)
}

int32_t vt_kernel_mean_bell_of_cosines(const VtTensor *x, double sharpness, VtTensor **out) {
    VT_GUARD(put(out, mean_bell(*x, sharpness));)
}

int32_t vt_kernel_nearest_by_cosine(const VtTensor *from, const VtTensor *to, VtTensor **cosines, VtTensor **places) {
    VT_GUARD(put(cosines, places, nearest(*from, *to));)
}
