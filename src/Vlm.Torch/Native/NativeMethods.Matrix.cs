using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Products.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_matmul(TensorHandle x, TensorHandle other, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_bmm(TensorHandle x, TensorHandle other, out TensorHandle result);
}
