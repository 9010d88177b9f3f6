using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

/// <summary>What lies beyond the border of a padded tensor.</summary>
public enum PaddingModes
{
    Constant = 4,
}

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>How a loss is gathered over its elements.</summary>
        public enum Reduction
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static partial class functional
        {
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) =>
                Tensor.New(vt_linear(input.Native, weights.Native, Tensor.OrAbsent(bias), out TensorHandle result), result);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null,
                Tensor? bias = null, double eps = 1e-05)
            {
                int status = vt_layer_norm(input.Native, normalized_shape, normalized_shape.Length,
                    Tensor.OrAbsent(weight), Tensor.OrAbsent(bias), eps, out TensorHandle result);
                return Tensor.New(status, result);
            }

            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null,
                long[]? padding = null, long[]? dilation = null, long groups = 1)
            {
                long[] s = strides ?? [1];
                long[] p = padding ?? [0];
                long[] d = dilation ?? [1];
                int status = vt_conv2d(input.Native, weight.Native, Tensor.OrAbsent(bias), s, s.Length, p, p.Length, d,
                    d.Length, groups, out TensorHandle result);
                return Tensor.New(status, result);
            }

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_() : x.relu();

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_() : x.silu();

            public static Tensor gelu(Tensor x) => x.gelu();

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_() : x.tanh();

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false)
            {
                if (inplace)
                {
                    TorchException.Check(vt_dropout_(input.Native, p, training));
                    return input;
                }

                return Tensor.New(vt_dropout(input.Native, p, training, out TensorHandle result), result);
            }

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null,
                long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0)
            {
                int status = vt_cross_entropy(input.Native, target.Native, Tensor.OrAbsent(weight), (long)reduction,
                    ignore_index, label_smoothing, out TensorHandle result);
                return Tensor.New(status, result);
            }

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Tensor.New(vt_mse_loss(input.Native, target.Native, (long)reduction, out TensorHandle result), result);

            public static Tensor one_hot(Tensor x, long num_classes = -1) =>
                Tensor.New(vt_one_hot(x.Native, num_classes, out TensorHandle result), result);

            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant,
                double value = 0) =>
                Tensor.New(vt_pad(input.Native, pad, pad.Length, value, out TensorHandle result), result);

            /// <summary>softmax(q kᵀ / √D + mask) v; the mask is added, or kept where true.</summary>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value,
                Tensor? attn_mask = null, double p = 0, bool is_casual = false)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor logits = query.mul(1 / Math.Sqrt(query.size(-1))).matmul(key.transpose(-2, -1));
                if (is_casual)
                {
                    attn_mask = ones(query.size(-2), key.size(-2), dtype: ScalarType.Bool, device: query.device).tril();
                }

                if (attn_mask is not null)
                {
                    logits = attn_mask.dtype == ScalarType.Bool
                        ? logits.masked_fill(attn_mask.logical_not(), double.NegativeInfinity)
                        : logits.add(attn_mask);
                }

                return dropout(logits.softmax(-1), p, p > 0).matmul(value).MoveToOuterDisposeScope();
            }
        }
    }
}
