using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

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

            public static Tensor silu(Tensor x, bool inplace = false)
            {
                if (inplace)
                {
                    TorchException.Check(vt_silu_(x.Native));
                    return x;
                }

                return Tensor.New(vt_silu(x.Native, out TensorHandle result), result);
            }

            public static Tensor gelu(Tensor x) =>
                Tensor.New(vt_gelu(x.Native, out TensorHandle result), result);

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null,
                long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0)
            {
                int status = vt_cross_entropy(input.Native, target.Native, Tensor.OrAbsent(weight), (long)reduction,
                    ignore_index, label_smoothing, out TensorHandle result);
                return Tensor.New(status, result);
            }

            public static Tensor one_hot(Tensor x, long num_classes = -1) =>
                Tensor.New(vt_one_hot(x.Native, num_classes, out TensorHandle result), result);
        }
    }
}
