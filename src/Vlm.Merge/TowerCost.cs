using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Multiply-accumulates of the blocks of a vision tower as they are run, merging where the profile places it; norms, softmax,
/// biases, sorting and averaging are not counted.
/// </summary>
/// <param name="Projections">Queries, keys, values and output of attention.</param>
/// <param name="Attention">Scores and values.</param>
/// <param name="Mlp">Both layers.</param>
/// <param name="Merging">Products of the merging method, and what it asks for of the map.</param>
public sealed record TowerCost(long Projections, long Attention, long Mlp, long Merging)
{
    /// <summary>All of them.</summary>
    public long Total => Projections + Attention + Mlp + Merging;

    /// <summary>Counts one encode of one picture.</summary>
    /// <param name="merge">Method and ratio.</param>
    /// <param name="shape">The tower; its evaluated layers are counted.</param>
    /// <param name="hiddenSize">Width C.</param>
    /// <param name="mlpSize">Inner width M of the MLP.</param>
    public static TowerCost Of(MergeSpec merge, MergeShape shape, long hiddenSize, long mlpSize)
    {
        MergePlacement placement = TokenMergers.Find(merge)?.Info.Placement ?? MergePlacement.AfterBlock;
        int[] tokens = TokenMergers.TokensPerLayer(merge, shape);
        (long projections, long attention, long mlp) = (0, 0, 0);
        foreach ((long entering, long leaving) in tokens.Zip(tokens.Skip(1), (n, m) => ((long)n, (long)m)))
        {
            // The projections of values and output see what merging before them leaves, the MLP what merging before it does.
            long valued = placement == MergePlacement.BeforeAttention ? leaving : entering;
            projections += 2 * (entering + valued) * hiddenSize * hiddenSize;
            attention += 2 * entering * entering * hiddenSize;
            mlp += 2 * (placement == MergePlacement.AfterBlock ? entering : leaving) * hiddenSize * mlpSize;
        }

        return new(projections, attention, mlp, CountMerging(merge, shape, hiddenSize));
    }

    // Runs the merging of every layer on random tokens, since how many products it takes does not depend on them.
    private static long CountMerging(MergeSpec merge, MergeShape shape, long hiddenSize)
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(merge, shape);
        Tensor hidden = rand(1, shape.NumTokens, hiddenSize);
        return Enumerable.Range(0, shape.FeatureLayer).Sum(layer => CountLayer(layer));

        long CountLayer(int layer)
        {
            long tokens = hidden.shape[1];
            AttentionNeed need = merging.NeedsAttention(layer);
            Tensor keys = hidden.narrow(2, 0, hiddenSize / shape.Heads).unsqueeze(1); // [B, 1, T, D]
            Tensor? attention = need == AttentionNeed.None ? null : rand(1, tokens);
            long products = Products.Count(() =>
            {
                hidden = merging.MergesUnderMap(layer)
                    ? merging.MergeUnderMap(layer, hidden, attention!).Hidden
                    : merging.MergeInsideBlock(layer, hidden, keys, attention);
                hidden = merging.MergeAfterBlock(layer, hidden, attention);
            });
            return products + (tokens * hiddenSize * Rows(need, tokens));
        }
    }

    // Rows of the attention map that are multiplied for it, beside those of the attention itself.
    private static long Rows(AttentionNeed need, long tokens) => need switch
    {
        AttentionNeed.None => 0,
        AttentionNeed.ClassRow => 1,
        _ => tokens,
    };
}
