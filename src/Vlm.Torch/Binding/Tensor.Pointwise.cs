using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Element by element; a trailing underscore works in place and returns the same tensor.
    public partial class Tensor
    {
        public Tensor abs() => New(vt_abs(Native, out TensorHandle result), result);

        public Tensor neg() => New(vt_neg(Native, out TensorHandle result), result);

        public Tensor sqrt() => New(vt_sqrt(Native, out TensorHandle result), result);

        public Tensor rsqrt() => New(vt_rsqrt(Native, out TensorHandle result), result);

        public Tensor exp() => New(vt_exp(Native, out TensorHandle result), result);

        public Tensor log() => New(vt_log(Native, out TensorHandle result), result);

        public Tensor log1p() => New(vt_log1p(Native, out TensorHandle result), result);

        public Tensor expm1() => New(vt_expm1(Native, out TensorHandle result), result);

        public Tensor sin() => New(vt_sin(Native, out TensorHandle result), result);

        public Tensor cos() => New(vt_cos(Native, out TensorHandle result), result);

        public Tensor tanh() => New(vt_tanh(Native, out TensorHandle result), result);

        public Tensor erf() => New(vt_erf(Native, out TensorHandle result), result);

        public Tensor sigmoid() => New(vt_sigmoid(Native, out TensorHandle result), result);

        public Tensor floor() => New(vt_floor(Native, out TensorHandle result), result);

        public Tensor ceil() => New(vt_ceil(Native, out TensorHandle result), result);

        public Tensor trunc() => New(vt_trunc(Native, out TensorHandle result), result);

        public Tensor sign() => New(vt_sign(Native, out TensorHandle result), result);

        public Tensor square() => New(vt_square(Native, out TensorHandle result), result);

        public Tensor reciprocal() => New(vt_reciprocal(Native, out TensorHandle result), result);

        public Tensor isnan() => New(vt_isnan(Native, out TensorHandle result), result);

        public Tensor isinf() => New(vt_isinf(Native, out TensorHandle result), result);

        public Tensor isfinite() => New(vt_isfinite(Native, out TensorHandle result), result);

        public Tensor logical_not() => New(vt_logical_not(Native, out TensorHandle result), result);

        public Tensor relu() => New(vt_relu(Native, out TensorHandle result), result);

        public Tensor silu() => New(vt_silu(Native, out TensorHandle result), result);

        public Tensor gelu() => New(vt_gelu(Native, out TensorHandle result), result);

        public Tensor abs_() => Same(vt_abs_(Native));

        public Tensor neg_() => Same(vt_neg_(Native));

        public Tensor sqrt_() => Same(vt_sqrt_(Native));

        public Tensor rsqrt_() => Same(vt_rsqrt_(Native));

        public Tensor exp_() => Same(vt_exp_(Native));

        public Tensor log_() => Same(vt_log_(Native));

        public Tensor sin_() => Same(vt_sin_(Native));

        public Tensor cos_() => Same(vt_cos_(Native));

        public Tensor tanh_() => Same(vt_tanh_(Native));

        public Tensor erf_() => Same(vt_erf_(Native));

        public Tensor sigmoid_() => Same(vt_sigmoid_(Native));

        public Tensor floor_() => Same(vt_floor_(Native));

        public Tensor ceil_() => Same(vt_ceil_(Native));

        public Tensor trunc_() => Same(vt_trunc_(Native));

        public Tensor reciprocal_() => Same(vt_reciprocal_(Native));

        public Tensor relu_() => Same(vt_relu_(Native));

        public Tensor silu_() => Same(vt_silu_(Native));

        public Tensor gelu_() => Same(vt_gelu_(Native));

        public Tensor logical_not_() => Same(vt_logical_not_(Native));

        public Tensor zero_() => Same(vt_zero_(Native));

        public Tensor round(long decimals = 0) => New(vt_round(Native, decimals, out TensorHandle result), result);

        public Tensor round_(long decimals = 0) => Same(vt_round_(Native, decimals));
    }
}
