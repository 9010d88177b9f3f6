namespace Vlm.Merge;

/// <summary>
/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators"): random bits
/// that are the same on every machine and in every version of a library, unlike those of <see cref="Random"/>.
/// </summary>
public static class SplitMix64
{
    /// <summary>What a counter or state grows by between two numbers.</summary>
    public const ulong Increment = 0x9E3779B97F4A7C15;

    /// <summary>Mixes all bits of a number; one to one.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Mixed bits as a number in [0, 1): their upper 53.</summary>
    public static double Uniform(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
