using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            /// <summary>Scales all gradients so that their common norm is at most <paramref name="max_norm"/>.</summary>
            /// <returns>The norm before clipping.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                using DisposeScope scope = NewDisposeScope();
                using IDisposable mode = no_grad();
                Tensor[] gradients = [.. tensors.Select(parameter => parameter.grad).OfType<Tensor>()];
                if (gradients.Length == 0)
                {
                    return 0;
                }

                double norm = Norm(gradients, norm_type);
                double factor = max_norm / (norm + 1e-6);
                if (factor < 1)
                {
                    Array.ForEach(gradients, gradient => gradient.mul_(factor));
                }

                return norm;
            }

            private static double Norm(Tensor[] gradients, double p)
            {
                IEnumerable<double> each = gradients.Select(gradient => double.IsPositiveInfinity(p)
                    ? gradient.abs().max().ToDouble()
                    : gradient.norm((float)p).ToDouble());
                return double.IsPositiveInfinity(p)
                    ? each.Max()
                    : Math.Pow(each.Sum(norm => Math.Pow(norm, p)), 1 / p);
            }
        }
    }
}
