// Gradients and the per-thread modes.
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "convert.h"
#include "guard.h"
#include "kernels_own.h"
#include "vlmtorch.h"

using namespace vlmtorch;

int32_t vt_set_requires_grad(VtTensor *x, uint8_t value) { VT_GUARD(x->requires_grad_(value != 0);) }
int32_t vt_detach(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->detach());) }

int32_t vt_grad(const VtTensor *x, VtTensor **out) {
    VT_GUARD(*out = nullptr; if (x->grad().defined()) { put(out, x->grad()); })
}

int32_t vt_set_grad(VtTensor *x, const VtTensor *grad) {
    VT_GUARD(x->mutable_grad() = grad == nullptr ? at::Tensor() : *grad;)
}

int32_t vt_backward(const VtTensor *x, const VtTensor *grad, uint8_t retain_graph, uint8_t create_graph) {
    VT_GUARD(torch::autograd::backward({*x}, {grad == nullptr ? at::Tensor() : *grad},
                                       retain_graph != 0 || create_graph != 0, create_graph != 0);)
}

int32_t vt_grad_enabled(uint8_t *out) { VT_GUARD(*out = c10::GradMode::is_enabled();) }
int32_t vt_wants_gradient(const VtTensor *x, uint8_t *out) { VT_GUARD(*out = wants_gradient(*x);) }
int32_t vt_set_grad_enabled(uint8_t enabled) { VT_GUARD(c10::GradMode::set_enabled(enabled != 0);) }
int32_t vt_inference_guard_new(uint8_t enabled, void **out) { VT_GUARD(*out = new c10::InferenceMode(enabled != 0);) }
int32_t vt_inference_guard_free(void *guard) { VT_GUARD(delete static_cast<c10::InferenceMode *>(guard);) }
