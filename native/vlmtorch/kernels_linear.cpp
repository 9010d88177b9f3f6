// Products with weights as they are stored (IKernels.Linear, Quantize, LinearInt8).
#include <stdlib.h>

#include "cpu.h"
#include "guard.h"
#include "kernels.h"
#include "kernels_own.h"
#include "scratch.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
// float32 rows also take weights that stay in 16 bits.
bool own_weights(const at::Tensor &x, const at::Tensor &weight) {
    const auto type = weight.scalar_type();
    return weight.is_cpu() && !wants_gradient(x, weight) && weight.is_contiguous() && weight.dim() == 2 &&
           (type == x.scalar_type() || (x.scalar_type() == at::kFloat && (type == at::kHalf || type == at::kBFloat16)));
}

template <class W, class T>
void multiply(const at::Tensor &x, const at::Tensor &weight, const T *bias, const at::Tensor &out) {
    const cpu::Weights<W> rows{static_cast<const W *>(weight.data_ptr()), nullptr, weight.size(1)};
    cpu::linear<T, W>(x.data_ptr<T>(), rows, bias, out.data_ptr<T>(), x.numel() / x.size(-1), weight.size(0));
}

at::Tensor own_linear(const at::Tensor &x, const at::Tensor &weight, const Optional<at::Tensor> &bias) {
    const bool fits = own_code(x) && own_weights(x, weight) && x.dim() > 0 && x.size(-1) == weight.size(1) &&
                      x.numel() > 0 && weight.numel() > 0 &&
                      (!bias.has_value() || (own_code(x, *bias) && bias->is_contiguous() && bias->dim() == 1 &&
                                             bias->size(0) == weight.size(0)));
    if (!fits) {
        return at::linear(x, weight.to(x.scalar_type()), bias);
    }
    const at::Tensor input = x.contiguous();
    auto shape = x.sizes().vec();
    shape.back() = weight.size(0);
    at::Tensor out = at::empty(shape, x.options());
    typed(x, [&](auto zero) {
        using T = decltype(zero);
        const T *added = bias.has_value() ? bias->data_ptr<T>() : nullptr;
        if (weight.scalar_type() == x.scalar_type()) {
            return multiply<T, T>(input, weight, added, out);
        }
        if constexpr (sizeof(T) == sizeof(float)) {
            weight.scalar_type() == at::kHalf ? multiply<cpu::Float16, T>(input, weight, added, out)
                                              : multiply<cpu::BFloat16, T>(input, weight, added, out);
        }
    });
    return out;
}

// int8 [rows, columns], on huge pages where it is large: streaming 4 kB pages of int8 waits for their addresses.
at::Tensor empty_bytes(int64_t rows, int64_t columns) {
    constexpr int64_t page = 2 << 20;
    const int64_t size = rows * columns;
    if (size < 4 * page) {
        return at::empty({rows, columns}, at::kChar);
    }
    void *data = cpu::allocate_large(static_cast<size_t>(size));
    return at::from_blob(data, {rows, columns}, free, at::kChar);
}

std::pair<at::Tensor, at::Tensor> quantize(const at::Tensor &weight) {
    const auto type = weight.scalar_type();
    TORCH_CHECK(weight.is_cpu() && weight.dim() == 2 && weight.size(1) % cpu::kGroup == 0 &&
                    (type == at::kFloat || type == at::kHalf || type == at::kBFloat16),
                "quantize: expected float32, float16 or bfloat16 [out, multiple of ", cpu::kGroup,
                "] on the CPU, found ", weight.toString(), " ", weight.sizes());
    const at::Tensor source = weight.contiguous();
    const int64_t out = weight.size(0);
    const int64_t in = weight.size(1);
    at::Tensor values = empty_bytes(out, in);
    at::Tensor scales = at::empty({out, in / cpu::kGroup}, weight.options().dtype(at::kBFloat16));
    const auto run = [&](auto zero) {
        using W = decltype(zero);
        const cpu::Weights<W> rows{static_cast<const W *>(source.data_ptr()), nullptr, in};
        cpu::quantize(rows, out, values.data_ptr<int8_t>(), static_cast<cpu::BFloat16 *>(scales.data_ptr()));
    };
    type == at::kFloat ? run(float{}) : type == at::kHalf ? run(cpu::Float16{}) : run(cpu::BFloat16{});
    return {values, scales};
}

at::Tensor linear_int8(const at::Tensor &x, const at::Tensor &values, const at::Tensor &scales,
                       const Optional<at::Tensor> &bias) {
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kFloat && x.dim() > 0 && values.is_cpu() && values.dim() == 2 &&
                    values.scalar_type() == at::kChar && values.is_contiguous() && x.size(-1) == values.size(1) &&
                    scales.is_cpu() && scales.scalar_type() == at::kBFloat16 && scales.is_contiguous() &&
                    values.size(1) % cpu::kGroup == 0 &&
                    scales.sizes() == at::IntArrayRef({values.size(0), values.size(1) / cpu::kGroup}),
                "linear int8: expected float32 x [..., in], int8 values [out, in] and bfloat16 scales [out, in / ",
                cpu::kGroup, "] on the CPU, found ", x.toString(), " ", x.sizes(), ", ", values.toString(), " ",
                values.sizes(), ", ", scales.toString(), " ", scales.sizes());
    TORCH_CHECK(!bias.has_value() || (bias->is_cpu() && bias->scalar_type() == at::kFloat && bias->is_contiguous() &&
                                      bias->sizes() == at::IntArrayRef({values.size(0)})),
                "linear int8: expected float32 bias [", values.size(0), "], found ", bias->toString(), " ",
                bias->sizes());
    const at::Tensor input = x.contiguous();
    auto shape = x.sizes().vec();
    shape.back() = values.size(0);
    at::Tensor out = at::empty(shape, x.options());
    const cpu::Weights<int8_t> rows{values.data_ptr<int8_t>(), static_cast<const cpu::BFloat16 *>(scales.data_ptr()),
                                    values.size(1)};
    cpu::linear<float, int8_t>(input.data_ptr<float>(), rows, bias.has_value() ? bias->data_ptr<float>() : nullptr,
                               out.data_ptr<float>(), x.numel() / x.size(-1), values.size(0));
    return out;
}
} // namespace

int32_t vt_kernel_linear(const VtTensor *x, const VtTensor *weight, const VtTensor *bias, VtTensor **out) {
    VT_GUARD(put(out, own_linear(*x, *weight, maybe(bias)));)
}

int32_t vt_kernel_quantize(const VtTensor *weight, VtTensor **values, VtTensor **scales) {
    VT_GUARD(const auto result = quantize(*weight); put(values, result.first); put(scales, result.second);)
}

int32_t vt_kernel_linear_int8(const VtTensor *x, const VtTensor *values, const VtTensor *scales, const VtTensor *bias,
                              VtTensor **out) {
    VT_GUARD(put(out, linear_int8(*x, *values, *scales, maybe(bias)));)
}
