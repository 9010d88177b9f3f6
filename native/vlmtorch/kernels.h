// The kernels by ATen; kernels.cpp chooses between these and cpu.h.
#pragma once
#include <ATen/ATen.h>

#include "convert.h"

namespace vlmtorch {
namespace plain {
at::Tensor attention(const at::Tensor &q, const at::Tensor &k, const at::Tensor &v, double scale,
                     const Optional<at::Tensor> &bias);
std::tuple<at::Tensor, at::Tensor> attention_means(const at::Tensor &q, const at::Tensor &k, double scale,
                                                   const Optional<at::Tensor> &bias);
at::Tensor paged_attention(const at::Tensor &q, const at::Tensor &keys, const at::Tensor &values,
                           const at::Tensor &tables, const at::Tensor &starts, const at::Tensor &lengths, double scale);
void write_cache(const at::Tensor &keys, const at::Tensor &values, const at::Tensor &k, const at::Tensor &v,
                 const at::Tensor &slots);
at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double eps);
at::Tensor quick_gelu(const at::Tensor &x);
at::Tensor silu_mul(const at::Tensor &gate, const at::Tensor &up);
at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin);
} // namespace plain
} // namespace vlmtorch
