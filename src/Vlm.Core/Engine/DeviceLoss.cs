using Vlm.Torch.Native;

namespace Vlm.Core.Engine;

/// <summary>Errors after which the CUDA context of the process answers no call any more, so that only a new process helps. libtorch writes
/// them as <c>CUDA error: ...</c>; want of memory, which leaves the context whole, is none of them.</summary>
internal static class DeviceLoss
{
    private static readonly string[] WantOfMemory = ["out of memory", "ALLOC_FAILED"];

    /// <summary>Whether an error is one of them.</summary>
    public static bool Is(Exception error) => error is TorchException
        && error.Message.Contains("CUDA error", StringComparison.Ordinal)
        && !Array.Exists(WantOfMemory, words => error.Message.Contains(words, StringComparison.Ordinal));
}
