// Which tensors the kernels' own code (cpu.h) takes: float32 and float64 on the CPU without gradients; ATen has the
// rest.
#pragma once
#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

namespace vlmtorch {
template <class... Tensors> bool own_type(const at::Tensor &x, const Tensors &...others) {
    const auto fits = [&](const at::Tensor &y) { return y.is_cpu() && y.scalar_type() == x.scalar_type(); };
    return (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) && fits(x) && (fits(others) && ...);
}

template <class... Tensors> bool wants_gradient(const Tensors &...tensors) {
    return c10::GradMode::is_enabled() && (tensors.requires_grad() || ...);
}

template <class... Tensors> bool own_code(const at::Tensor &x, const Tensors &...others) {
    return own_type(x, others...) && !wants_gradient(x, others...);
}

// Calls f with float or double as the type of its argument.
template <class F> auto typed(const at::Tensor &x, const F &f) {
    return x.scalar_type() == at::kDouble ? f(double{}) : f(float{});
}

template <class T> const T *data(const at::Tensor &x) { return x.data_ptr<T>(); }
} // namespace vlmtorch
