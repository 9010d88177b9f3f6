using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Calls the hooks as an encoder does, each layer in a scope of its own.</summary>
internal sealed class TowerRun(TokenMerging merging, Tensor output, int[] counts) : IDisposable
{
    private const int Heads = 2;

    public TokenMerging Merging => merging;

    public Tensor Output => output;

    public int[] Counts => counts;

    public static TowerRun Of(
        MergeSpec spec, Tensor input, bool disturb = true, MergeShape? shape = null, IReadOnlyList<ulong>? pictureSeeds = null)
    {
        shape ??= Shapes.Small;
        TokenMerging merging = TokenMergers.Begin(spec, shape, trace: true, pictureSeeds);
        List<int> counts = [(int)input.shape[1]];
        Tensor hidden = input;
        for (int layer = 0; layer < shape.FeatureLayer; layer++)
        {
            using DisposeScope block = NewDisposeScope();
            hidden = Attend(merging, layer, hidden, out Tensor? attention);
            hidden = merging.MergeAfterBlock(layer, disturb ? hidden.add(hidden.sin()) : hidden, attention);
            hidden = (disturb ? hidden : hidden.clone()).MoveToOuterDisposeScope();
            counts.Add((int)hidden.shape[1]);
        }

        return new TowerRun(merging, merging.Finish(hidden), [.. counts]);
    }

    public void Dispose() => merging.Dispose();

    private static Tensor Attend(TokenMerging merging, int layer, Tensor hidden, out Tensor? attention)
    {
        Tensor keys = hidden.unflatten(2, Heads, hidden.shape[2] / Heads).transpose(1, 2); // [B, H, T, D]
        attention = null;
        if (merging.MergesUnderMap(layer))
        {
            (hidden, MergedMap map) = merging.MergeUnderMap(layer, hidden, Read(keys, merging.NeedsAttention(layer))!);
            Tensor same = ones_like(hidden);
            Tensors.AssertClose(same, map.Gather(map.Spread(same)), 1e-6);
            return hidden;
        }

        attention = Read(keys, merging.NeedsAttention(layer));
        return merging.MergeInsideBlock(layer, hidden, merging.NeedsKeys(layer) ? keys : null, attention);
    }

    private static Tensor? Read(Tensor keys, AttentionNeed need)
    {
        Tensor map = keys.matmul(keys.transpose(2, 3)).softmax(-1); // [B, H, T, T]
        return need switch
        {
            AttentionNeed.ClassRow => map.select(2, 0).mean([1]),
            AttentionNeed.ClassColumn => map.select(3, 0).mean([1]),
            AttentionNeed.KeyMeans => map.mean([1, 2]),
            _ => null,
        };
    }
}
