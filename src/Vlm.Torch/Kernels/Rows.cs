using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>Tokens by index, picture by picture.</summary>
public static class Rows
{
    /// <summary>Rows by index: [B, T, ...] and int64 [B, m] to [B, m, ...].</summary>
    public static Tensor Take(Tensor x, Tensor index) =>
        Flat(x).index_select(0, FlatIndex(index, x.shape[1])).unflatten(0, index.shape);

    /// <summary>Adds rows [B, m, ...] in their order to those of [B, T, ...] that int64 [B, m] names, in place.</summary>
    internal static Tensor Add(Tensor rows, Tensor index, Tensor added)
    {
        Flat(rows).index_add_(0, FlatIndex(index, rows.shape[1]), Flat(added), 1);
        return rows;
    }

    /// <summary>0 .. count - 1 for each picture: int64 [B, count], not contiguous.</summary>
    public static Tensor Range(Tensor like, long count) =>
        arange(count, ScalarType.Int64, like.device).unsqueeze(0).expand(like.shape[0], -1);

    private static Tensor Flat(Tensor x) => x.flatten(0, 1);

    // One index per row of [B * T, ...]: a gather over [B, T, C] would need an int64 index of the size of the features.
    private static Tensor FlatIndex(Tensor index, long tokens)
    {
        if (index.shape[0] > 1)
        {
            Tensor offsets = arange(index.shape[0], ScalarType.Int64, index.device).mul_(tokens);
            index = index.add(offsets.unsqueeze(1));
        }

        return index.flatten();
    }
}
