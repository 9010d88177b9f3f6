using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

/// <summary>The only owner of a native tensor; freed once, also by the finalizer.</summary>
internal sealed class TensorHandle : SafeHandle
{
    /// <summary>Stands for an absent optional tensor.</summary>
    public static readonly TensorHandle Absent = new();

    public TensorHandle()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    public TensorHandle(IntPtr pointer)
        : this() => SetHandle(pointer);

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle() => NativeMethods.vt_tensor_free(handle) == 0;
}

/// <summary>Owner of a native random generator.</summary>
internal sealed class GeneratorHandle : SafeHandle
{
    /// <summary>Stands for the default generator of the tensor's device.</summary>
    public static readonly GeneratorHandle Absent = new();

    public GeneratorHandle()
        : base(IntPtr.Zero, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle() => NativeMethods.vt_generator_free(handle) == 0;
}
