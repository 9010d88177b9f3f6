using System.Runtime.InteropServices;

namespace Vlm.Torch.Media;

/// <summary>The only owner of a loaded native model.</summary>
internal sealed class SentencePieceHandle : SafeHandle
{
    public SentencePieceHandle(IntPtr model)
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(model);

    public override bool IsInvalid => handle == IntPtr.Zero;

    protected override bool ReleaseHandle()
    {
        SentencePieceNative.vm_sp_free(handle);
        return true;
    }
}
