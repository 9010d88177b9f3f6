using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Random numbers.
    public partial class Tensor
    {
        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) =>
            Same(vt_normal_(Native, mean, std, Generator.OrAbsent(generator)));

        public Tensor uniform_(double from, double to, Generator? generator = null) =>
            Same(vt_uniform_(Native, from, to, Generator.OrAbsent(generator)));

        public Tensor bernoulli(Generator? generator = null) =>
            New(vt_bernoulli(Native, Generator.OrAbsent(generator), out TensorHandle result), result);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) =>
            Same(vt_bernoulli_(Native, p, Generator.OrAbsent(generator)));

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            New(vt_multinomial(Native, num_samples, replacement, Generator.OrAbsent(generator),
                out TensorHandle result), result);
    }
}
