using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>Between tokens, of which the class token is the first, and patches.</summary>
internal static class Patches
{
    /// <summary>[B, T, C] to [B, T - 1, C].</summary>
    public static Tensor Of(Tensor tokens) => tokens.narrow(1, 1, tokens.shape[1] - 1);

    /// <summary>Patch indices int64 [B, n] to token indices [B, 1 + n] behind the class token.</summary>
    public static Tensor BehindClassToken(Tensor patches) =>
        cat([zeros(patches.shape[0], 1, ScalarType.Int64, patches.device), patches.add(1)], 1);
}
