using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Models;

/// <summary>What the vision side made of a batch of B pictures. The caller disposes it.</summary>
/// <param name="Features">[B, N, Cv]: selected features of the vision tower, in output order of the last merge.</param>
/// <param name="Projected">[B, N, C]: the same as vectors of the language model.</param>
/// <param name="Owner">
/// int64 [B, T0], when traced: output token (class token 0) that holds each original token, -1 where pruned.
/// </param>
/// <param name="Sizes">[B, T] where tracked: original tokens in each output token, class token first.</param>
/// <param name="Trace">What each layer that reduced did, when traced; else empty.</param>
public sealed record VisionOutput(
    Tensor Features, Tensor Projected, Tensor? Owner, Tensor? Sizes, IReadOnlyList<MergeTrace> Trace) : IDisposable
{
    public void Dispose()
    {
        Features.Dispose();
        Projected.Dispose();
        Owner?.Dispose();
        Sizes?.Dispose();
    }
}
