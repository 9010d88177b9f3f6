using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>Who joins whom, for a batch of pictures with equal counts: an output token is an input token, its anchor, with all
/// sources that join it, in their order.</summary>
/// <param name="Anchors">Input token of each output token; int64 [B, T'].</param>
/// <param name="Sources">Input tokens that join another; int64 [B, k].</param>
/// <param name="Destinations">Output token that each source joins; int64 [B, k].</param>
public readonly record struct Joins(Tensor Anchors, Tensor Sources, Tensor Destinations)
{
    /// <summary>Hands the tensors from the innermost dispose scope to the one around it.</summary>
    public Joins MoveToOuterDisposeScope() => new(
        Anchors.MoveToOuterDisposeScope(), Sources.MoveToOuterDisposeScope(), Destinations.MoveToOuterDisposeScope());
}
