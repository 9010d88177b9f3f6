// Products with weights as they are stored (IKernels.Linear, Quantize, LinearInt8).
#include <stdlib.h>

#include <algorithm>

#include "cpu.h"
#include "guard.h"
#include "kernels.h"
#include "kernels_own.h"
#include "kernels_parts.h"
#include "scratch.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
void check_int8(const at::Tensor &x, const Matrix &m) {
    TORCH_CHECK(x.is_cpu() && x.scalar_type() == at::kFloat && x.dim() > 0 && m.weight.is_cpu() &&
                    m.weight.dim() == 2 && m.weight.scalar_type() == at::kChar && m.weight.is_contiguous() &&
                    x.size(-1) == m.weight.size(1) && m.weight.size(1) % cpu::kGroup == 0 && m.scales.is_cpu() &&
                    m.scales.scalar_type() == at::kBFloat16 && m.scales.is_contiguous() &&
                    m.scales.sizes() == at::IntArrayRef({m.weight.size(0), m.weight.size(1) / cpu::kGroup}),
                "linear int8: expected float32 x [..., in], int8 values [out, in] and bfloat16 scales [out, in / ",
                cpu::kGroup, "] on the CPU, found ", x.toString(), " ", x.sizes(), ", ", m.weight.toString(), " ",
                m.weight.sizes(), ", ", m.scales.toString(), " ", m.scales.sizes());
    TORCH_CHECK(!m.bias.defined() || (own_code(x, m.bias) && m.bias.is_contiguous() &&
                                      m.bias.sizes() == at::IntArrayRef({m.weight.size(0)})),
                "linear int8: expected float32 bias [", m.weight.size(0), "], found ", m.bias.toString(), " ",
                m.bias.sizes());
}

// float32 rows also take weights that stay in 16 bits or were quantised.
bool own_weight(const at::Tensor &x, const Matrix &m) {
    const auto type = m.weight.scalar_type();
    return m.scales.defined() || type == x.scalar_type() ||
           (x.scalar_type() == at::kFloat && (type == at::kHalf || type == at::kBFloat16));
}

bool own_matrix(const at::Tensor &x, const Matrix &m) {
    return own_code(x) && x.dim() > 0 && x.numel() > 0 && m.weight.is_cpu() && !wants_gradient(x, m.weight) &&
           m.weight.is_contiguous() && m.weight.dim() == 2 && m.weight.numel() > 0 && x.size(-1) == m.weight.size(1) &&
           own_weight(x, m) &&
           (!m.bias.defined() ||
            (own_code(x, m.bias) && m.bias.is_contiguous() && m.bias.dim() == 1 && m.bias.size(0) == m.weight.size(0)));
}

template <class T, class W> std::vector<at::Tensor> multiply(const at::Tensor &x, const std::vector<Matrix> &matrices) {
    const at::Tensor input = x.contiguous();
    auto shape = x.sizes().vec();
    std::vector<at::Tensor> results;
    std::vector<cpu::Product<T, W>> products;
    for (const Matrix &m : matrices) {
        shape.back() = m.weight.size(0);
        results.push_back(at::empty(shape, x.options()));
        const auto *scales = m.scales.defined() ? static_cast<const cpu::BFloat16 *>(m.scales.data_ptr()) : nullptr;
        products.push_back({{static_cast<const W *>(m.weight.data_ptr()), scales, m.weight.size(1)},
                            m.bias.defined() ? m.bias.data_ptr<T>() : nullptr,
                            results.back().data_ptr<T>(),
                            m.weight.size(0)});
    }
    cpu::linear<T, W>(input.data_ptr<T>(), x.numel() / x.size(-1), products);
    return results;
}

// Matrices of one element type.
std::vector<at::Tensor> multiply(const at::Tensor &x, const std::vector<Matrix> &matrices) {
    if (x.scalar_type() == at::kDouble) {
        return multiply<double, double>(x, matrices);
    }
    switch (matrices[0].weight.scalar_type()) {
    case at::kChar:
        return multiply<float, int8_t>(x, matrices);
    case at::kHalf:
        return multiply<float, cpu::Float16>(x, matrices);
    case at::kBFloat16:
        return multiply<float, cpu::BFloat16>(x, matrices);
    default:
        return multiply<float, float>(x, matrices);
    }
}

at::Tensor plain_linear(const at::Tensor &x, const Matrix &m) {
    at::Tensor weight = m.weight.to(x.scalar_type());
    if (m.scales.defined()) {
        weight = (weight.unflatten(1, {-1, cpu::kGroup}) * m.scales.to(x.scalar_type()).unsqueeze(-1)).flatten(1);
    }
    return at::linear(x, weight, m.bias.defined() ? Optional<at::Tensor>(m.bias) : Optional<at::Tensor>());
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
} // namespace

namespace vlmtorch {
std::vector<Matrix> matrices_of(VtTensor *const *weights, VtTensor *const *scales, VtTensor *const *biases,
                                int64_t count) {
    const auto tensor = [](const VtTensor *it) { return it == nullptr ? at::Tensor() : *it; };
    std::vector<Matrix> matrices;
    for (int64_t i = 0; i < count; ++i) {
        matrices.push_back({*weights[i], tensor(scales[i]), tensor(biases[i])});
    }
    return matrices;
}

// All products at once where one kernel takes them, else one after another.
std::vector<at::Tensor> linear(const at::Tensor &x, const std::vector<Matrix> &matrices) {
    for (const Matrix &m : matrices) {
        if (m.scales.defined()) {
            check_int8(x, m);
        }
    }
    const auto type = matrices[0].weight.scalar_type();
    if (std::all_of(matrices.begin(), matrices.end(),
                    [&](const Matrix &m) { return own_matrix(x, m) && m.weight.scalar_type() == type; })) {
        return multiply(x, matrices);
    }
    std::vector<at::Tensor> results;
    for (const Matrix &m : matrices) {
        results.push_back(own_matrix(x, m) ? multiply(x, {m})[0] : plain_linear(x, m));
    }
    return results;
}
} // namespace vlmtorch

int32_t vt_kernel_linear(const VtTensor *x, VtTensor *const *weights, VtTensor *const *scales, VtTensor *const *biases,
                         int64_t num_weights, VtTensor **out) {
    VT_GUARD(int64_t count = 0;
             put(out, num_weights, &count, linear(*x, matrices_of(weights, scales, biases, num_weights)));)
}

int32_t vt_kernel_quantize(const VtTensor *weight, VtTensor **values, VtTensor **scales) {
    VT_GUARD(const auto result = quantize(*weight); put(values, result.first); put(scales, result.second);)
}
