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
int32_t vt_exp(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->exp());) }
int32_t vt_log(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->log());) }
int32_t vt_log1p(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->log1p());) }
int32_t vt_expm1(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->expm1());) }
int32_t vt_sin(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->sin());) }
int32_t vt_cos(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->cos());) }
int32_t vt_tanh(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->tanh());) }
int32_t vt_erf(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->erf());) }
int32_t vt_sigmoid(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->sigmoid());) }
int32_t vt_floor(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->floor());) }
int32_t vt_ceil(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->ceil());) }
int32_t vt_trunc(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->trunc());) }
int32_t vt_sign(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->sign());) }
int32_t vt_square(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->square());) }
int32_t vt_reciprocal(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->reciprocal());) }
int32_t vt_relu(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->relu());) }
int32_t vt_isnan(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->isnan());) }
int32_t vt_isinf(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->isinf());) }
int32_t vt_isfinite(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->isfinite());) }
int32_t vt_logical_not(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->logical_not());) }
int32_t vt_bitwise_not(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, x->bitwise_not());) }
int32_t vt_abs_(VtTensor *x) { VT_GUARD(x->abs_();) }
int32_t vt_neg_(VtTensor *x) { VT_GUARD(x->neg_();) }
int32_t vt_sqrt_(VtTensor *x) { VT_GUARD(x->sqrt_();) }
int32_t vt_rsqrt_(VtTensor *x) { VT_GUARD(x->rsqrt_();) }
int32_t vt_exp_(VtTensor *x) { VT_GUARD(x->exp_();) }
int32_t vt_log_(VtTensor *x) { VT_GUARD(x->log_();) }
int32_t vt_sin_(VtTensor *x) { VT_GUARD(x->sin_();) }
int32_t vt_cos_(VtTensor *x) { VT_GUARD(x->cos_();) }
int32_t vt_tanh_(VtTensor *x) { VT_GUARD(x->tanh_();) }
int32_t vt_erf_(VtTensor *x) { VT_GUARD(x->erf_();) }
int32_t vt_sigmoid_(VtTensor *x) { VT_GUARD(x->sigmoid_();) }
int32_t vt_floor_(VtTensor *x) { VT_GUARD(x->floor_();) }
int32_t vt_ceil_(VtTensor *x) { VT_GUARD(x->ceil_();) }
int32_t vt_trunc_(VtTensor *x) { VT_GUARD(x->trunc_();) }
int32_t vt_reciprocal_(VtTensor *x) { VT_GUARD(x->reciprocal_();) }
int32_t vt_relu_(VtTensor *x) { VT_GUARD(x->relu_();) }
int32_t vt_logical_not_(VtTensor *x) { VT_GUARD(x->logical_not_();) }
int32_t vt_zero_(VtTensor *x) { VT_GUARD(x->zero_();) }
int32_t vt_round(const VtTensor *x, int64_t decimals, VtTensor **out) { VT_GUARD(put(out, x->round(decimals));) }
int32_t vt_round_(VtTensor *x, int64_t decimals) { VT_GUARD(x->round_(decimals);) }
int32_t vt_silu(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, at::silu(*x));) }
int32_t vt_silu_(VtTensor *x) { VT_GUARD(at::silu_(*x);) }
int32_t vt_gelu(const VtTensor *x, VtTensor **out) { VT_GUARD(put(out, at::gelu(*x));) }
int32_t vt_gelu_(VtTensor *x) { VT_GUARD(at::gelu_(*x);) }

// Two operands, broadcast.
int32_t vt_add(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->add(*other));) }
int32_t vt_add_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->add(scalar(other)));) }
int32_t vt_add_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->add_(*other);) }
int32_t vt_add_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->add_(scalar(other));) }
int32_t vt_sub(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->sub(*other));) }
int32_t vt_sub_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->sub(scalar(other)));) }
int32_t vt_sub_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->sub_(*other);) }
int32_t vt_sub_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->sub_(scalar(other));) }
int32_t vt_mul(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->mul(*other));) }
int32_t vt_mul_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->mul(scalar(other)));) }
int32_t vt_mul_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->mul_(*other);) }
int32_t vt_mul_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->mul_(scalar(other));) }
int32_t vt_div(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->div(*other));) }
int32_t vt_div_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->div(scalar(other)));) }
int32_t vt_div_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->div_(*other);) }
int32_t vt_div_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->div_(scalar(other));) }
int32_t vt_pow(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->pow(*other));) }
int32_t vt_pow_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->pow(scalar(other)));) }
int32_t vt_pow_(VtTensor *x, const VtTensor *other) { VT_GUARD(x->pow_(*other);) }
int32_t vt_pow_scalar_(VtTensor *x, VtScalar other) { VT_GUARD(x->pow_(scalar(other));) }
int32_t vt_add_scaled(const VtTensor *x, const VtTensor *other, VtScalar alpha, VtTensor **out) {
    VT_GUARD(put(out, x->add(*other, scalar(alpha)));)
}
int32_t vt_add_scaled_(VtTensor *x, const VtTensor *other, VtScalar alpha) { VT_GUARD(x->add_(*other, scalar(alpha));) }
int32_t vt_div_mode(const VtTensor *x, const VtTensor *other, const char *rounding, VtTensor **out) {
    VT_GUARD(put(out, x->div(*other, rounding));)
}
int32_t vt_div_mode_(VtTensor *x, const VtTensor *other, const char *rounding) {
    VT_GUARD(x->div_(*other, rounding);)
}
int32_t vt_rsub_scalar(const VtTensor *x, VtScalar other, VtTensor **out) {
    VT_GUARD(put(out, at::rsub(*x, scalar(other)));)
}
int32_t vt_rdiv_scalar(const VtTensor *x, VtScalar other, VtTensor **out) {
    VT_GUARD(put(out, x->reciprocal().mul(scalar(other)));)
}
int32_t vt_remainder(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->remainder(*other));)
}
int32_t vt_remainder_scalar(const VtTensor *x, VtScalar other, VtTensor **out) {
    VT_GUARD(put(out, x->remainder(scalar(other)));)
}
int32_t vt_floor_divide(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->floor_divide(*other));)
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
int32_t vt_logical_or(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->logical_or(*other));)
}
int32_t vt_logical_xor(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->logical_xor(*other));)
}
int32_t vt_bitwise_and(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->bitwise_and(*other));)
}
int32_t vt_bitwise_or(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->bitwise_or(*other));)
}
int32_t vt_bitwise_xor(const VtTensor *x, const VtTensor *other, VtTensor **out) {
    VT_GUARD(put(out, x->bitwise_xor(*other));)
}
int32_t vt_lerp(const VtTensor *x, const VtTensor *end, const VtTensor *weight, VtTensor **out) {
    VT_GUARD(put(out, x->lerp(*end, *weight));)
}
int32_t vt_addcmul(const VtTensor *x, const VtTensor *a, const VtTensor *b, VtScalar value, VtTensor **out) {
    VT_GUARD(put(out, x->addcmul(*a, *b, scalar(value)));)
}
int32_t vt_addcmul_(VtTensor *x, const VtTensor *a, const VtTensor *b, VtScalar value) {
    VT_GUARD(x->addcmul_(*a, *b, scalar(value));)
}
int32_t vt_addcdiv(const VtTensor *x, const VtTensor *a, const VtTensor *b, VtScalar value, VtTensor **out) {
    VT_GUARD(put(out, x->addcdiv(*a, *b, scalar(value)));)
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
int32_t vt_ne_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->ne(scalar(other)));) }
int32_t vt_lt(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->lt(*other));) }
int32_t vt_lt_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->lt(scalar(other)));) }
int32_t vt_le(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->le(*other));) }
int32_t vt_le_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->le(scalar(other)));) }
int32_t vt_gt(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->gt(*other));) }
int32_t vt_gt_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->gt(scalar(other)));) }
int32_t vt_ge(const VtTensor *x, const VtTensor *other, VtTensor **out) { VT_GUARD(put(out, x->ge(*other));) }
int32_t vt_ge_scalar(const VtTensor *x, VtScalar other, VtTensor **out) { VT_GUARD(put(out, x->ge(scalar(other)));) }
int32_t vt_equal(const VtTensor *x, const VtTensor *other, uint8_t *out) { VT_GUARD(*out = x->equal(*other);) }
int32_t vt_allclose(const VtTensor *x, const VtTensor *other, double rtol, double atol, uint8_t equal_nan,
                    uint8_t *out) {
    VT_GUARD(*out = x->allclose(*other, rtol, atol, equal_nan != 0);)
}
int32_t vt_isclose(const VtTensor *x, const VtTensor *other, double rtol, double atol, uint8_t equal_nan,
                   VtTensor **out) {
    VT_GUARD(put(out, x->isclose(*other, rtol, atol, equal_nan != 0));)
}
