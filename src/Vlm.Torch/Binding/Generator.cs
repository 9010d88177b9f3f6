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
            Device place = device ?? CPU;
            TorchException.Check(vt_generator_new(seed, (int)place.type, place.index, out Native));
        }

        public void Dispose()
        {
            Native.Dispose();
            GC.SuppressFinalize(this);
        }

        internal static GeneratorHandle OrAbsent(Generator? generator) => generator?.Native ?? GeneratorHandle.Absent;
    }
}
