using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

// Gradients and modes.
internal static partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int vt_set_requires_grad(TensorHandle x, [MarshalAs(UnmanagedType.U1)] bool value);

    [LibraryImport(Library)]
    internal static partial int vt_detach(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_grad(TensorHandle x, out TensorHandle result);

    [LibraryImport(Library)]
    internal static partial int vt_set_grad(TensorHandle x, TensorHandle grad);

    [LibraryImport(Library)]
    internal static partial int vt_backward(TensorHandle x, TensorHandle grad,
        [MarshalAs(UnmanagedType.U1)] bool retainGraph, [MarshalAs(UnmanagedType.U1)] bool createGraph);

    [LibraryImport(Library)]
    internal static partial int vt_grad_enabled([MarshalAs(UnmanagedType.U1)] out bool result);

    [LibraryImport(Library)]
    internal static partial int vt_wants_gradient(TensorHandle x, [MarshalAs(UnmanagedType.U1)] out bool result);

    [LibraryImport(Library)]
    internal static partial int vt_set_grad_enabled([MarshalAs(UnmanagedType.U1)] bool enabled);

    [LibraryImport(Library)]
    internal static partial int vt_inference_guard_new([MarshalAs(UnmanagedType.U1)] bool enabled, out IntPtr result);

    [LibraryImport(Library)]
    internal static partial int vt_inference_guard_free(IntPtr guard);
}
