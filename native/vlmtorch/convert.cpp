#include "convert.h"

#include <atomic>

#include "guard.h"

namespace {
std::atomic<int64_t> live_tensors{0};
} // namespace

namespace vlmtorch {
at::Scalar scalar(VtScalar value) {
    switch (value.kind) {
    case VT_INT:
        return at::Scalar(value.integer);
    case VT_DOUBLE:
        return at::Scalar(value.real);
    case VT_BOOL:
        return at::Scalar(value.integer != 0);
    default:
        TORCH_CHECK(false, "scalar: expected kind 1 to 3, found ", value.kind);
    }
}

std::vector<at::Tensor> list(VtTensor *const *tensors, int64_t count) {
    std::vector<at::Tensor> result;
    result.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
        result.push_back(*tensors[i]);
    }
    return result;
}

void put(VtTensor **out, at::Tensor value) {
    *out = new at::Tensor(std::move(value));
    live_tensors.fetch_add(1, std::memory_order_relaxed);
}

void put(VtTensor **out0, VtTensor **out1, std::tuple<at::Tensor, at::Tensor> values) {
    put(out0, std::move(std::get<0>(values)));
    put(out1, std::move(std::get<1>(values)));
}

void put(VtTensor **out, int64_t capacity, int64_t *count, const std::vector<at::Tensor> &values) {
    const auto size = static_cast<int64_t>(values.size());
    TORCH_CHECK(size <= capacity, "result list: expected at most ", capacity, " tensors, found ", size);
    for (int64_t i = 0; i < size; ++i) {
        put(out + i, values[static_cast<size_t>(i)]);
    }
    *count = size;
}
} // namespace vlmtorch

int32_t vt_tensor_free(VtTensor *x) { VT_GUARD(delete x; live_tensors.fetch_sub(1, std::memory_order_relaxed);) }

int64_t vt_live_tensors() { return live_tensors.load(std::memory_order_relaxed); }
