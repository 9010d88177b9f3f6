// Element-wise kernels (IKernels): shapes are checked, then float32 and float64 on the CPU go to cpu.h and everything
// else to ATen. With gradients only attention and quick-GELU have own code; ATen differentiates the others.
#include <torch/csrc/autograd/custom_function.h>

#include "cpu.h"
#include "guard.h"
#include "kernels.h"
#include "kernels_own.h"
#include "kernels_parts.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
at::Tensor activate(const at::Tensor &x) {
    const at::Tensor input = x.contiguous();
    at::Tensor out = at::empty(x.sizes(), x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::quick_gelu<T>(data<T>(input), out.data_ptr<T>(), x.numel());
    });
    return out;
}

struct QuickGeluWithGradient : torch::autograd::Function<QuickGeluWithGradient> {
    static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x) {
        context->save_for_backward({x});
        return activate(x);
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                   torch::autograd::variable_list gradients) {
        const at::Tensor x = context->get_saved_variables()[0].contiguous();
        const at::Tensor dout = gradients[0].contiguous();
        at::Tensor dx = at::empty(x.sizes(), x.options());
        typed(x, [&](auto zero) {
            using T = decltype(zero);
            cpu::quick_gelu_backward<T>(data<T>(x), data<T>(dout), dx.data_ptr<T>(), x.numel());
        });
        return {dx};
    }
};

at::Tensor quick_gelu(const at::Tensor &x) {
    if (!own_type(x)) {
        return plain::quick_gelu(x);
    }
    return wants_gradient(x) ? QuickGeluWithGradient::apply(x) : activate(x);
}
} // namespace

namespace vlmtorch {
at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double eps) {
    TORCH_CHECK(x.dim() > 0 && weight.dim() == 1 && weight.size(0) == x.size(-1),
                "rms norm: expected x [..., C] and weight [C], found ", x.sizes(), ", ", weight.sizes());
    if (!own_code(x, weight) || !weight.is_contiguous() || x.numel() == 0) {
        return plain::rms_norm(x, weight, eps);
    }
    const at::Tensor input = x.contiguous();
    at::Tensor out = at::empty(x.sizes(), x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::rms_norm<T>(data<T>(input), data<T>(weight), out.data_ptr<T>(), x.numel() / x.size(-1), x.size(-1),
                         static_cast<T>(eps));
    });
    return out;
}

at::Tensor silu_mul(const at::Tensor &gate, const at::Tensor &up) {
    TORCH_CHECK(gate.sizes() == up.sizes(), "silu times up: expected equal shapes, found ", gate.sizes(), ", ",
                up.sizes());
    if (!own_code(gate, up)) {
        return plain::silu_mul(gate, up);
    }
    const at::Tensor left = gate.contiguous();
    const at::Tensor right = up.contiguous();
    at::Tensor out = at::empty(gate.sizes(), gate.options());
    typed(gate, [&](auto zero) {
        using T = decltype(zero);
        cpu::silu_mul<T>(data<T>(left), data<T>(right), out.data_ptr<T>(), gate.numel());
    });
    return out;
}

at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin) {
    TORCH_CHECK(x.dim() == 3 && cos.sizes() == at::IntArrayRef({x.size(0), x.size(2)}) && sin.sizes() == cos.sizes() &&
                    x.size(2) % 2 == 0,
                "rotary: expected x [T, heads, D] and cos, sin [T, D], found ", x.sizes(), ", ", cos.sizes(), ", ",
                sin.sizes());
    if (!own_code(x, cos, sin)) {
        return plain::rotary(x, cos, sin);
    }
    const at::Tensor input = x.contiguous();
    const at::Tensor c = cos.contiguous();
    const at::Tensor s = sin.contiguous();
    at::Tensor out = at::empty(x.sizes(), x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        cpu::rotary<T>(data<T>(input), data<T>(c), data<T>(s), out.data_ptr<T>(), x.size(0), x.size(1), x.size(2));
    });
    return out;
}
} // namespace vlmtorch

int32_t vt_kernel_rms_norm(const VtTensor *x, const VtTensor *weight, double eps, VtTensor **out) {
    VT_GUARD(put(out, rms_norm(*x, *weight, eps));)
}

int32_t vt_kernel_quick_gelu(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, quick_gelu(*x));) }

int32_t vt_kernel_silu_mul(const VtTensor *gate, const VtTensor *up, VtTensor **out) {
    VT_GUARD(put(out, silu_mul(*gate, *up));)
}

int32_t vt_kernel_rotary(const VtTensor *x, const VtTensor *cos, const VtTensor *sin, VtTensor **out) {
    VT_GUARD(put(out, rotary(*x, *cos, *sin));)
}
