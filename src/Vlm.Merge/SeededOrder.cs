using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Random permutations that depend on seed, layer and picture alone: the same on every device, in every batch and in
/// every version of a library. Numbers come from SplitMix64 (Steele, Lea, Flood 2014).
/// </summary>
internal static class SeededOrder
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

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
            Fill(keys.AsSpan((int)(picture * count), (int)count), Mix(Mix(Mix(seed) + (ulong)layer) + pictures[picture]));
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
            keys[i] = (Mix(state += Increment) >> 11) * (1.0 / (1UL << 53));
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
