using Vlm.Merge;

namespace Vlm.Cli;

/// <summary>Several merge specs in one option: <c>pitome:0.9,tome/paper:0.95,layers=odd</c>.</summary>
internal static class MergeSpecList
{
    /// <summary>Reads the list; a part without a colon belongs to the spec in front of it.</summary>
    /// <param name="list">Specs, separated by commas.</param>
    /// <param name="shape">The vision tower, which only <c>image_tokens</c> needs.</param>
    /// <exception cref="FormatException">One of them has another shape.</exception>
    /// <exception cref="ArgumentException">One of them cannot be.</exception>
    public static IEnumerable<MergeSpec> Parse(string list, MergeShape? shape = null)
    {
        List<string> specs = [];
        foreach (string part in list.Split(','))
        {
            if (part.Contains('=') && !part.Contains(':') && specs.Count > 0)
            {
                specs[^1] += "," + part;
            }
            else
            {
                specs.Add(part);
            }
        }

        return specs.Select(spec => MergeSpec.Parse(spec, shape));
    }
}
