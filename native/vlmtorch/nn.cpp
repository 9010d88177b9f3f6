// Layer functions and losses of ATen.
#include "convert.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

// Layer functions and losses.
int32_t vt_linear(const VtTensor *x, const VtTensor *weight, const VtTensor *bias, VtTensor **out) {
    VT_GUARD(put(out, at::linear(*x, *weight, maybe(bias)));)
}
int32_t vt_layer_norm(const VtTensor *x, const int64_t *shape, int64_t num_shape, const VtTensor *weight,
                      const VtTensor *bias, double eps, VtTensor **out) {
    VT_GUARD(put(out, at::layer_norm(*x, ints(shape, num_shape), maybe(weight), maybe(bias), eps));)
}
int32_t vt_cross_entropy(const VtTensor *x, const VtTensor *target, const VtTensor *weight, int64_t reduction,
                         int64_t ignore_index, double label_smoothing, VtTensor **out) {
    VT_GUARD(put(out, at::cross_entropy_loss(*x, *target, maybe(weight), reduction, ignore_index, label_smoothing));)
}
int32_t vt_one_hot(const VtTensor *x, int64_t num_classes, VtTensor **out) {
    VT_GUARD(put(out, at::one_hot(*x, num_classes));)
}
