using Vlm.Core.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>A picture's visual tokens as one vector.</summary>
internal static class FeaturePooling
{
    /// <summary>The mean of the visual tokens, each counted as often as it stands for patches where that is tracked, with length
    /// 1.</summary>
    /// <returns>float32 [B, Cv]; the caller disposes it.</returns>
    public static Tensor Pool(VisionOutput output)
    {
        using var scope = NewDisposeScope();
        var features = output.Features.to(ScalarType.Float64); // [B, N, Cv]
        var numTokens = features.shape[1];
        if (output.Sizes is { } sizes)
        {
            features *= sizes.narrow(1, sizes.shape[1] - numTokens, numTokens).to(ScalarType.Float64).unsqueeze(2);
        }

        var sum = features.sum(1, keepdim: false); // [B, Cv]; a scale does not matter
        var length = (sum * sum).sum(1, keepdim: true).sqrt();
        return (sum / length).to(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}
