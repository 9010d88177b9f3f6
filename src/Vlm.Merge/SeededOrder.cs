using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Random permutations that depend on seed, layer and picture alone: the same on every device, in every batch and in
/// every version of a library. Numbers come from <see cref="SplitMix64"/>.
/// </summary>
internal static class SeededOrder
{
    /// <summary>A permutation of 0 .. count - 1 per picture.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="layer">Position in the tower.</param>
    /// <param name="pictures">One number per picture.</param>
    /// <param name="count">Items.</param>
    /// <returns>int64 [B, count] on the CPU, in the caller's dispose scope.</returns>
    public static Tensor Draw(ulong seed, int layer, IReadOnlyList<ulong> pictures, long count)
    {
        double[] keys = new double[pictures.Count * count];
        for (int picture = 0; picture < pictures.Count; picture++)
        {
            Fill(keys.AsSpan((int)(picture * count), (int)count), SplitMix64.Mix(SplitMix64.Mix(SplitMix64.Mix(seed) + (ulong)layer) + pictures[picture]));
        }

        (_, Tensor order) = tensor(keys, [pictures.Count, count]).sort(1, stable: true);
        return order;
    }

    /// <summary>Numbers for pictures that have none of their own: 0, 1, ...</summary>
    public static IReadOnlyList<ulong> Positions(long pictures) =>
        [.. Enumerable.Range(0, (int)pictures).Select(picture => (ulong)picture)];

    private static void Fill(Span<double> keys, ulong state)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = SplitMix64.Uniform(SplitMix64.Mix(state += SplitMix64.Increment));
        }
    }
}
