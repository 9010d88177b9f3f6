namespace Vlm.Eval.Scenes;

/// <summary>Where a scene belongs. Each split has its own range of seeds, so no layout is in two of them.</summary>
public enum SceneSplit
{
    Train,
    Validation,
    Test,
}

/// <summary>Seeds of the splits.</summary>
public static class SceneSeeds
{
    private const int SplitShift = 60;
    private const int SeedShift = 32;

    /// <summary>Largest user seed.</summary>
    public const long MaxSeed = (1L << (SplitShift - SeedShift)) - 1;

    /// <summary>Seed of one scene: four bits of split, 28 of the user's seed, 32 of the scene's number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The user's seed is negative or above <see cref="MaxSeed"/>.</exception>
    public static ulong Of(SceneSplit split, long seed, long scene)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(seed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seed, MaxSeed);
        return ((ulong)split << SplitShift) | ((ulong)seed << SeedShift) | (uint)scene;
    }
}
