using FsCheck;
using FsCheck.Fluent;

namespace Vlm.Merge.Tests;

/// <summary>Generators for laws.</summary>
internal static class Gens
{
    /// <summary>Every spec that merges, without its ratio.</summary>
    public static IReadOnlyList<(string Method, string Profile)> Mergers { get; } =
        [.. TokenMergers.All.SelectMany(m => m.Profiles.Select(p => (m.Name, p.Name)))];

    /// <summary>A ratio from 0.5 to 1, any double in between.</summary>
    public static Gen<double> Ratio() => Gen.Choose(0, int.MaxValue).Select(i => 0.5 + (0.5 * i / int.MaxValue));

    /// <summary>A merger with a ratio.</summary>
    public static Gen<MergeSpec> Spec() =>
        from names in Gen.Elements(Mergers.ToArray())
        from ratio in Ratio()
        select new MergeSpec(names.Method, names.Profile, ratio);
}
