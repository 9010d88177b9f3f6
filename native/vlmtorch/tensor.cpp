// Lifetime, data and factories.
#include "convert.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

namespace {
at::Device device_of(int32_t type, int32_t index) {
    return at::Device(static_cast<at::DeviceType>(type), static_cast<at::DeviceIndex>(index));
}

at::TensorOptions options(int32_t dtype, int32_t device_type, int32_t device_index) {
    return at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(device_of(device_type, device_index));
}

at::TensorOptions options_like(const at::Tensor &x, int32_t dtype, int32_t device_type, int32_t device_index) {
    auto result = x.options().requires_grad(Optional<bool>());
    if (dtype != VT_NO_DTYPE) {
        result = result.dtype(static_cast<at::ScalarType>(dtype));
    }
    return device_type < 0 ? result : result.device(device_of(device_type, device_index));
}

VtScalar item(const at::Tensor &x) {
    const at::Scalar value = x.item();
    TORCH_CHECK(!value.isComplex(), "item: complex numbers are not supported, found ", x.scalar_type());
    if (value.isFloatingPoint()) {
        return {VT_DOUBLE, 0, value.toDouble()};
    }
    return {value.isBoolean() ? VT_BOOL : VT_INT, value.toLong(), 0.0};
}
} // namespace

int32_t vt_from_memory(void *data, const int64_t *sizes, int64_t num_sizes, int32_t dtype, void (*release)(void *),
                       void *context, VtTensor **out) {
    VT_GUARD(
        const auto type = at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype));
        if (release == nullptr) { put(out, at::from_blob(data, ints(sizes, num_sizes), type)); } else {
            put(out, at::from_blob(
                         data, ints(sizes, num_sizes), [=](void *) { release(context); }, type));
        })
}

int32_t vt_data(const VtTensor *x, void **out) { VT_GUARD(*out = x->data_ptr();) }
int32_t vt_ndim(const VtTensor *x, int64_t *out) { VT_GUARD(*out = x->dim();) }
int32_t vt_size(const VtTensor *x, int64_t dim, int64_t *out) { VT_GUARD(*out = x->size(dim);) }
int32_t vt_numel(const VtTensor *x, int64_t *out) { VT_GUARD(*out = x->numel();) }
int32_t vt_element_size(const VtTensor *x, int64_t *out) { VT_GUARD(*out = static_cast<int64_t>(x->element_size());) }
int32_t vt_dtype(const VtTensor *x, int32_t *out) { VT_GUARD(*out = static_cast<int32_t>(x->scalar_type());) }
int32_t vt_is_contiguous(const VtTensor *x, uint8_t *out) { VT_GUARD(*out = x->is_contiguous();) }
int32_t vt_item(const VtTensor *x, VtScalar *out) { VT_GUARD(*out = item(*x);) }

int32_t vt_sizes(const VtTensor *x, int64_t *out, int64_t num_out) {
    VT_GUARD(TORCH_CHECK(num_out == x->dim(), "sizes: expected room for ", x->dim(), ", found ", num_out);
             std::copy(x->sizes().begin(), x->sizes().end(), out);)
}

int32_t vt_device(const VtTensor *x, int32_t *type, int32_t *index) {
    VT_GUARD(*type = static_cast<int32_t>(x->device().type()); *index = x->device().index();)
}

int32_t vt_to(const VtTensor *x, int32_t dtype, int32_t device_type, int32_t device_index, uint8_t non_blocking,
              uint8_t copy, VtTensor **out) {
    VT_GUARD(put(out, x->to(options_like(*x, dtype, device_type, device_index), non_blocking != 0, copy != 0));)
}

int32_t vt_empty(const int64_t *sizes, int64_t num_sizes, int32_t dtype, int32_t device_type, int32_t device_index,
                 VtTensor **out) {
    VT_GUARD(put(out, at::empty(ints(sizes, num_sizes), options(dtype, device_type, device_index)));)
}

int32_t vt_full(const int64_t *sizes, int64_t num_sizes, VtScalar value, int32_t dtype, int32_t device_type,
                int32_t device_index, VtTensor **out) {
    VT_GUARD(put(out, at::full(ints(sizes, num_sizes), scalar(value), options(dtype, device_type, device_index)));)
}

int32_t vt_empty_like(const VtTensor *x, int32_t dtype, int32_t device_type, int32_t device_index, VtTensor **out) {
    VT_GUARD(put(out, at::empty_like(*x, options_like(*x, dtype, device_type, device_index)));)
}

int32_t vt_arange(VtScalar start, VtScalar stop, VtScalar step, int32_t dtype, int32_t device_type,
                  int32_t device_index, VtTensor **out) {
    VT_GUARD(
        put(out, at::arange(scalar(start), scalar(stop), scalar(step), options(dtype, device_type, device_index)));)
}

int32_t vt_eye(int64_t rows, int64_t columns, int32_t dtype, int32_t device_type, int32_t device_index,
               VtTensor **out) {
    VT_GUARD(put(out, at::eye(rows, columns, options(dtype, device_type, device_index)));)
}

int32_t vt_rand(const int64_t *sizes, int64_t num_sizes, const VtGenerator *generator, int32_t dtype,
                int32_t device_type, int32_t device_index, VtTensor **out) {
    VT_GUARD(put(out, at::rand(ints(sizes, num_sizes), maybe(generator), options(dtype, device_type, device_index)));)
}

int32_t vt_randn(const int64_t *sizes, int64_t num_sizes, const VtGenerator *generator, int32_t dtype,
                 int32_t device_type, int32_t device_index, VtTensor **out) {
    VT_GUARD(put(out, at::randn(ints(sizes, num_sizes), maybe(generator), options(dtype, device_type, device_index)));)
}
