using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// How tokens that merged under an attention map use it: a merged query looks as the mean of its members by size does, a merged
/// key is seen as often as all its members. The map itself is left alone, since (R A K) v = R (A (K v)): rather than merge its
/// H T² numbers along both axes, values are copied to the members, and what those attend to is averaged.
/// </summary>
public sealed class MergedMap
{
    private readonly TokenPlan _plan;
    private readonly Tensor _owner; // [B, T]
    private readonly Tensor _share; // of each token in its output, [B, T]

    internal MergedMap(TokenPlan plan, Tensor sizes)
    {
        _plan = plan;
        _owner = plan.OwnerMap(sizes.shape[1]);
        _share = sizes.div(plan.Sum(sizes).gather(1, _owner));
    }

    /// <summary>Values of the merged tokens at the places of their members: [B, T', C] -> [B, T, C].</summary>
    public Tensor Spread(Tensor values) => Rows.Take(values, _owner);

    /// <summary>What the members attended to, averaged: [B, T, C] -> [B, T', C], in the same type.</summary>
    public Tensor Gather(Tensor attended) => _plan.Sum(attended.mul(_share.to_type(attended.dtype).unsqueeze(-1)));

    /// <summary>Hands it from the innermost dispose scope to the one around it.</summary>
    internal MergedMap MoveToOuterDisposeScope()
    {
        _plan.MoveToOuterDisposeScope();
        _owner.MoveToOuterDisposeScope();
        _share.MoveToOuterDisposeScope();
        return this;
    }
}
