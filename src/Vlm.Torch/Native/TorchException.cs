using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

/// <summary>libtorch refused an operation; the message is libtorch's own.</summary>
public sealed class TorchException(string message) : ExternalException(message)
{
    /// <summary>Throws when a call of the shim failed.</summary>
    internal static void Check(int status)
    {
        if (status != 0)
        {
            string? message = Marshal.PtrToStringUTF8(NativeMethods.vt_last_error());
            throw new TorchException(message ?? "libtorch failed without a message.");
        }
    }
}
