// The kernels that kernels_decoder.cpp makes layers of; each is also exported alone (vlmtorch.h).
#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "vlmtorch.h"

namespace vlmtorch {
// One of the weights [out, in] that rows are multiplied by.
struct Matrix {
    at::Tensor weight;
    at::Tensor scales; // of an int8 weight, else undefined
    at::Tensor bias;   // or undefined
};

// scales[i], biases[i]: null where a weight has none.
std::vector<Matrix> matrices_of(VtTensor *const *weights, VtTensor *const *scales, VtTensor *const *biases,
                                int64_t count);

std::vector<at::Tensor> linear(const at::Tensor &x, const std::vector<Matrix> &matrices);
at::Tensor rms_norm(const at::Tensor &x, const at::Tensor &weight, double eps);
at::Tensor silu_mul(const at::Tensor &gate, const at::Tensor &up);
at::Tensor rotary(const at::Tensor &x, const at::Tensor &cos, const at::Tensor &sin);
void write_cache(const at::Tensor &keys, const at::Tensor &values, const at::Tensor &k, const at::Tensor &v,
                 const at::Tensor &slots);
at::Tensor paged_attention(const at::Tensor &q, const at::Tensor &keys, const at::Tensor &values,
                           const at::Tensor &tables, const at::Tensor &starts, const at::Tensor &lengths, double scale);
} // namespace vlmtorch
