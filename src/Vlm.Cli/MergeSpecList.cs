using Vlm.Merge;

namespace Vlm.Cli;

/// <summary>Several merge specs in one option: <c>pitome:0.9,tome/paper:0.95</c>.</summary>
internal static class MergeSpecList
{
    /// <summary>Reads the list.</summary>
    /// <exception cref="FormatException">One of them has another shape.</exception>
    /// <exception cref="ArgumentException">One of them cannot be.</exception>
    public static IEnumerable<MergeSpec> Parse(string list) => list.Split(',').Select(MergeSpec.Parse);
}
