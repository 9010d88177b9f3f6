using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Calls the hooks as an encoder does, each layer in a scope of its own.</summary>
internal sealed class TowerRun(TokenMerging merging, Tensor output, int[] counts) : IDisposable
{
    public TokenMerging Merging => merging;

    public Tensor Output => output;

    public int[] Counts => counts;

    public static TowerRun Of(MergeSpec spec, Tensor input, bool disturb = true)
    {
        TokenMerging merging = TokenMergers.Begin(spec, Shapes.Small, trace: true);
        List<int> counts = [(int)input.shape[1]];
        Tensor hidden = input;
        for (int layer = 0; layer < Shapes.Small.FeatureLayer; layer++)
        {
            using DisposeScope block = NewDisposeScope();
            Tensor? keys = merging.NeedsKeys(layer)
                ? hidden.unflatten(2, 2, (int)input.shape[2] / 2).transpose(1, 2) // [B, H, T, D]
                : null;
            hidden = merging.MergeInsideBlock(layer, hidden, keys, null);
            hidden = merging.MergeAfterBlock(layer, disturb ? hidden.add(hidden.sin()) : hidden, null);
            hidden = (disturb ? hidden : hidden.clone()).MoveToOuterDisposeScope();
            counts.Add((int)hidden.shape[1]);
        }

        return new TowerRun(merging, hidden, [.. counts]);
    }

    public void Dispose() => merging.Dispose();
}
