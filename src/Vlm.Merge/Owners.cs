using TorchSharp;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Owner maps: the output token of each original token, -1 where it was pruned (merging.md section 12).
/// </summary>
public static class Owners
{
    /// <summary>The map after one more plan: owner'[t] = map[owner[t]]; what was pruned stays pruned.</summary>
    /// <param name="owner">int64 [B, T0].</param>
    /// <param name="plan">Plan over the tokens that the map points to.</param>
    /// <param name="tokens">Their number.</param>
    internal static Tensor Compose(Tensor owner, TokenPlan plan, long tokens)
    {
        Tensor moved = plan.OwnerMap(tokens).gather(1, owner.clamp_min(0));
        return where(owner.ge(0), moved, owner);
    }

    /// <summary>
    /// Copies each output token back to the places of its original tokens; zero where one was pruned.
    /// </summary>
    /// <param name="outputs">[B, T', C].</param>
    /// <param name="owner">int64 [B, T0].</param>
    /// <returns>[B, T0, C], in the caller's dispose scope.</returns>
    public static Tensor Unmerge(Tensor outputs, Tensor owner)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor copies = Rows.Take(outputs, owner.clamp_min(0));
        return copies.masked_fill_(owner.lt(0).unsqueeze(-1), 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Order of the output tokens by their smallest original token, which reads like the picture; output tokens without
    /// one come last.
    /// Changes what the language model sees, so no profile uses it.
    /// </summary>
    /// <param name="owner">int64 [B, T0].</param>
    /// <param name="outputs">Output tokens T'.</param>
    /// <returns>int64 [B, T'], a permutation, in the caller's dispose scope.</returns>
    public static Tensor RasterOrder(Tensor owner, long outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        long tokens = owner.shape[1];
        Tensor output = arange(outputs, ScalarType.Int64, owner.device);
        Tensor mine = owner.unsqueeze(1).eq(output.unsqueeze(1)); // [B, T', T0]
        Tensor position = arange(tokens, ScalarType.Int64, owner.device);
        Tensor first = position.sub(tokens).mul(mine).amin(2); // smallest original position - T0, 0 without one
        (_, Tensor order) = first.sort(1, stable: true);
        return order.MoveToOuterDisposeScope();
    }
}
