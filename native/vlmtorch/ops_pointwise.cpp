// Element-wise mathematics: each export is one ATen call.
#include "convert.h"
#include "guard.h"
#include "vlmtorch.h"

using namespace vlmtorch;

// Element by element; a trailing underscore works in place.
int32_t vt_abs(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->abs());) }
int32_t vt_neg(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->neg());) }
int32_t vt_sqrt(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->sqrt());) }
int32_t vt_rsqrt(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->rsqrt());) }
int32_t vt_log(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->log());) }
int32_t vt_sin(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->sin());) }
int32_t vt_cos(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->cos());) }
int32_t vt_sigmoid(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->sigmoid());) }
int32_t vt_square(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->square());) }
int32_t vt_isfinite(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->isfinite());) }
int32_t vt_exp_(VtTensor *x) { VT_GUARD(x->exp_();) }
int32_t vt_silu(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, at::silu(*x));) }
int32_t vt_silu_(VtTensor *x) { VT_GUARD(at::silu_(*x);) }
int32_t vt_gelu(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, at::gelu(*x));) }

// Two operands, broadcast.
int32_t vt_add(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->add(*other));) }
int32_t vt_add_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->add(scalar(other)));) }
int32_t vt_add_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->add_(*other);) }
int32_t vt_add_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->add_(scalar(other));) }
int32_t vt_sub(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->sub(*other));) }
int32_t vt_sub_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->sub(scalar(other)));) }
int32_t vt_sub_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->sub_(scalar(other));) }
int32_t vt_mul(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->mul(*other));) }
int32_t vt_mul_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->mul(scalar(other)));) }
int32_t vt_mul_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->mul_(*other);) }
int32_t vt_mul_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->mul_(scalar(other));) }
int32_t vt_div(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->div(*other));) }
int32_t vt_div_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->div_(*other);) }
int32_t vt_div_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->div_(scalar(other));) }
int32_t vt_pow_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->pow(scalar(other)));) }
int32_t vt_add_scaled_(VtTensor *x, const VtTensor *other, VtScalar alpha) { VT_GUARD(x->add_(*other, scalar(alpha));) }
int32_t vt_div_mode(const VtTensor *x, const VtTensor *other, const char *rounding, VtTensor **out) {
    VT_GUARD(put(out, x->div(*other, rounding));)
}
int32_t vt_div_mode_(VtTensor *x, const VtTensor *other, const char *rounding) {
    VT_GUARD(x->div_(*other, rounding);)
}
int32_t vt_maximum(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, at::maximum(*x, *other));)
}
int32_t vt_minimum(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, at::minimum(*x, *other));)
}
int32_t vt_logical_and(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->logical_and(*other));)
}
int32_t vt_addcmul_(VtTensor *x, const VtTensor *a, const VtTensor *b, VtScalar value) {
    VT_GUARD(x->addcmul_(*a, *b, scalar(value));)
}
int32_t vt_addcdiv_(VtTensor *x, const VtTensor *a, const VtTensor *b, VtScalar value) {
    VT_GUARD(x->addcdiv_(*a, *b, scalar(value));)
}
int32_t vt_clamp(const VtTensor *x, VtScalar low, VtScalar high, VtTensor **out) {
    VT_GUARD(put(out, x->clamp(maybe_scalar(low), maybe_scalar(high)));)
}
int32_t vt_clamp_(VtTensor *x, VtScalar low, VtScalar high) {
    VT_GUARD(x->clamp_(maybe_scalar(low), maybe_scalar(high));)
}
int32_t vt_eq(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->eq(*other));) }
int32_t vt_eq_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->eq(scalar(other)));) }
int32_t vt_ne(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->ne(*other));) }
int32_t vt_lt_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->lt(scalar(other)));) }
int32_t vt_le(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->le(*other));) }
int32_t vt_gt_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->gt(scalar(other)));) }
int32_t vt_ge(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->ge(*other));) }
int32_t vt_ge_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->ge(scalar(other)));) }
