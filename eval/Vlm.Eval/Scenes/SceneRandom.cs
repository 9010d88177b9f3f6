using Vlm.Merge;

namespace Vlm.Eval.Scenes;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every machine and runtime, unlike
/// <see cref="Random"/>.</summary>
public sealed class SceneRandom(ulong seed)
{
    private ulong _state = SplitMix64.Mix(seed);

    /// <summary>Uniform over all 64-bit numbers.</summary>
    public ulong Next() => SplitMix64.Mix(_state += SplitMix64.Increment);

    /// <summary>Uniform in 0..count - 1.</summary>
    public int Below(int count) => (int)(((UInt128)Next() * (ulong)count) >> 64);

    /// <summary>Uniform in [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * (Next() >> 11) * (1.0 / (1UL << 53)));

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => Between(0, 1) < probability;

    /// <summary>One of the items.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>Index of an item, drawn by its weight.</summary>
    public int Weighted(IReadOnlyList<int> weights)
    {
        int at = Below(weights.Sum());
        int index = 0;
        while (at >= weights[index])
        {
            at -= weights[index++];
        }

        return index;
    }

    /// <summary>The items in random order (Fisher, Yates).</summary>
    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        T[] result = [.. items];
        for (int i = result.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (result[i], result[j]) = (result[j], result[i]);
        }

        return result;
    }
}
