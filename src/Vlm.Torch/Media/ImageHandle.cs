using System.Runtime.InteropServices;

namespace Vlm.Torch.Media;

/// <summary>Owner of one native picture.</summary>
internal sealed class ImageHandle : SafeHandle
{
    internal ImageHandle(IntPtr image)
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(image);

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle()
    {
        ImageNative.vm_image_close(handle);
        return true;
    }
}
