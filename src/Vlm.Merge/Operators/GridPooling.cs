using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>Averages the cells of a coarser grid over the patches of a square picture; token 0 is the class token.</summary>
internal static class GridPooling
{
    /// <summary>Output: class token, then the cells row by row, each begun by its upper left patch.</summary>
    /// <param name="like">[B, T, ...], for batch size and device.</param>
    /// <param name="side">Patches per side.</param>
    /// <param name="cells">Cells per side, from 1 to <paramref name="side"/>; row r belongs to cell r cells div side.</param>
    public static TokenPlan Plan(Tensor like, int side, int cells)
    {
        int[] cell = [.. Enumerable.Range(0, side).Select(i => i * cells / side)];
        ILookup<int, long> patches = Enumerable.Range(0, side * side)
            .ToLookup(p => (cell[p / side] * cells) + cell[p % side], p => 1L + p);
        long[] anchors = [0, .. patches.OrderBy(p => p.Key).Select(p => p.First())];
        (long Source, long Cell)[] sources = [.. patches.SelectMany(p => p.Skip(1).Select(source => (source, 1L + p.Key)))];
        return new TokenPlan(new(ForAll(anchors), ForAll([.. sources.Select(s => s.Source)]), ForAll([.. sources.Select(s => s.Cell)])))
        {
            FirstDestination = 1,
        };

        Tensor ForAll(long[] row) => tensor(row, device: like.device).unsqueeze(0).expand(like.shape[0], -1).contiguous();
    }
}
