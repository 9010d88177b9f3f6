using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers of one device.</summary>
    public class Generator : IDisposable
    {
        internal readonly GeneratorHandle Native;

        public Generator(ulong seed = 0, Device? device = null)
        {
            this.device = device ?? CPU;
            TorchException.Check(vt_generator_new(seed, (int)this.device.type, this.device.index, out Native));
        }

        private Generator(GeneratorHandle native)
        {
            device = CPU;
            Native = native;
        }

        public static Generator Default
        {
            get
            {
                TorchException.Check(vt_generator_default(out GeneratorHandle result));
                return new Generator(result);
            }
        }

        public Device device { get; }

        public Generator manual_seed(long seed)
        {
            TorchException.Check(vt_generator_set_seed(Native, seed));
            return this;
        }

        public long initial_seed()
        {
            TorchException.Check(vt_generator_get_seed(Native, out long result));
            return result;
        }

        public Tensor get_state() => Tensor.New(vt_generator_get_state(Native, out TensorHandle result), result);

        public void set_state(Tensor value) => TorchException.Check(vt_generator_set_state(Native, value.Native));

        public void Dispose()
        {
            Native.Dispose();
            GC.SuppressFinalize(this);
        }

        internal static GeneratorHandle OrAbsent(Generator? generator) => generator?.Native ?? GeneratorHandle.Absent;
    }

    /// <summary>Seeds the default generators of every device.</summary>
    public static Generator manual_seed(long seed)
    {
        TorchException.Check(vt_manual_seed(seed));
        return Generator.Default;
    }
}
