// Between the plain types of the ABI and those of ATen.
#pragma once
#include <ATen/ATen.h>

#include <tuple>
#include <utility>
#include <vector>

#include "vlmtorch.h"

namespace vlmtorch {
// c10::optional in 1.13, std::optional in 2.x: taken from an ATen signature, so that both compile.
template <class> struct OptionalOf;
template <template <class> class O, class T> struct OptionalOf<O<T>> { template <class U> using type = O<U>; };
template <class T>
using Optional = typename OptionalOf<decltype(std::declval<at::TensorOptions>().dtype_opt())>::template type<T>;

inline at::IntArrayRef ints(const int64_t *values, int64_t count) {
    return at::IntArrayRef(values, static_cast<size_t>(count));
}

at::Scalar scalar(VtScalar value);

inline Optional<at::Scalar> maybe_scalar(VtScalar value) {
    return value.kind == VT_ABSENT ? Optional<at::Scalar>() : Optional<at::Scalar>(scalar(value));
}

inline Optional<int64_t> maybe(int64_t value) {
    return value == VT_NONE ? Optional<int64_t>() : Optional<int64_t>(value);
}

inline Optional<at::Tensor> maybe(const VtTensor *x) {
    return x == nullptr ? Optional<at::Tensor>() : Optional<at::Tensor>(*x);
}

inline Optional<at::Generator> maybe(const VtGenerator *generator) {
    return generator == nullptr ? Optional<at::Generator>() : Optional<at::Generator>(*generator);
}

inline Optional<at::ScalarType> maybe_dtype(int32_t dtype) {
    return dtype == VT_NO_DTYPE ? Optional<at::ScalarType>()
                                : Optional<at::ScalarType>(static_cast<at::ScalarType>(dtype));
}

std::vector<at::Tensor> list(VtTensor *const *tensors, int64_t count);

// New handles for the caller, counted by vt_live_tensors.
void put(VtTensor **out, at::Tensor value);
void put(VtTensor **out0, VtTensor **out1, std::tuple<at::Tensor, at::Tensor> values);
void put(VtTensor **out, int64_t capacity, int64_t *count, const std::vector<at::Tensor> &values);
} // namespace vlmtorch
