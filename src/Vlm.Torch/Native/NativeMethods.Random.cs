using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Random numbers; generator may be null.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_normal_(TensorHandle x, double mean, double std, GeneratorHandle generator);

    [LibraryImport(Library)]
    internal static partial int vt_uniform_(TensorHandle x, double low, double high, GeneratorHandle generator);

    [LibraryImport(Library)]
    internal static partial int vt_bernoulli(TensorHandle x, GeneratorHandle generator, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bernoulli_(TensorHandle x, double p, GeneratorHandle generator);

    [LibraryImport(Library)]
    internal static partial int vt_multinomial(TensorHandle x, long numSamples,
        [MarshalAs(UnmanagedType.U1)] bool replacement, GeneratorHandle generator, out TensorHandle result);
}
