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
int32_t vt_conv2d(const VtTensor *x, const VtTensor *weight, const VtTensor *bias, const int64_t *stride,
                  int64_t num_stride, const int64_t *padding, int64_t num_padding, const int64_t *dilation,
                  int64_t num_dilation, int64_t groups, VtTensor **out) {
    VT_GUARD(put(out, at::conv2d(*x, *weight, maybe(bias), ints(stride, num_stride), ints(padding, num_padding),
                                 ints(dilation, num_dilation), groups));)
}
int32_t vt_dropout(const VtTensor *x, double p, uint8_t training, VtTensor **out) {
    VT_GUARD(put(out, at::dropout(*x, p, training != 0));)
}
int32_t vt_dropout_(VtTensor *x, double p, uint8_t training) { VT_GUARD(at::dropout_(*x, p, training != 0);) }
int32_t vt_cross_entropy(const VtTensor *x, const VtTensor *target, const VtTensor *weight, int64_t reduction,
                         int64_t ignore_index, double label_smoothing, VtTensor **out) {
    VT_GUARD(put(out, at::cross_entropy_loss(*x, *target, maybe(weight), reduction, ignore_index, label_smoothing));)
}
int32_t vt_mse_loss(const VtTensor *x, const VtTensor *target, int64_t reduction, VtTensor **out) {
    VT_GUARD(put(out, at::mse_loss(*x, *target, reduction));)
}
int32_t vt_one_hot(const VtTensor *x, int64_t num_classes, VtTensor **out) {
    VT_GUARD(put(out, at::one_hot(*x, num_classes));)
}
int32_t vt_pad(const VtTensor *x, const int64_t *sizes, int64_t num_sizes, double value, VtTensor **out) {
    VT_GUARD(put(out, at::constant_pad_nd(*x, ints(sizes, num_sizes), value));)
}
