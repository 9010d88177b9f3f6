using System.Globalization;
using Vlm.Merge;

namespace Vlm.Cli;

/// <summary>Several merge specs in one option: <c>pitome:0.9,tome/paper:0.95,layers=odd</c>; <c>all:0.9</c> is every method
/// under every profile, <c>all:0.9,order=raster</c> every one that takes the option.</summary>
internal static class MergeSpecList
{
    /// <summary>What options say about it.</summary>
    public const string Description = "Settings with commas between; all:RATIO or all:image_tokens=N stands for every method under every profile that takes the options.";

    private const string Everything = "all:";
    private const string Budget = "image_tokens";

    /// <summary>Reads the list; a part without a colon belongs to the spec in front of it. What is there twice is taken once.</summary>
    /// <param name="list">Specs, separated by commas.</param>
    /// <param name="shape">The vision tower, which only <c>image_tokens</c> needs.</param>
    /// <exception cref="FormatException">One of them has another shape.</exception>
    /// <exception cref="ArgumentException">One of them cannot be.</exception>
    public static IReadOnlyList<MergeSpec> Parse(string list, MergeShape? shape = null)
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

        return [.. specs.SelectMany(spec => spec.StartsWith(Everything, StringComparison.Ordinal)
            ? ParseAll(spec[Everything.Length..], shape)
            : [MergeSpec.Parse(spec, shape)]).Distinct()];
    }

    private static IEnumerable<MergeSpec> ParseAll(string setting, MergeShape? shape)
    {
        string[] parts = setting.Split(',');
        string[][] pairs = [.. parts.Select(part => part.Split('=')).Where(pair => pair.Length == 2 && pair[0] != Budget)];
        MergeSettings settings = MergeOption.Read(pairs.Select(pair => KeyValuePair.Create(pair[0], pair[1])));
        var taking = TokenMergers.All.SelectMany(method => method.Profiles.Select(profile => (method.Name, Profile: profile)))
            .Where(known => TokenMergers.Takes(known.Profile, settings)).ToArray();
        if (taking.Length == 0)
        {
            throw new ArgumentException($"{Everything}{setting}: expected options that a method takes, found none that takes {settings.ToText()}.");
        }

        return from known in taking
               where Reaches(new MergeSpec(known.Name, known.Profile.Name, MergeSpec.MinRatio), parts[0], shape)
               select MergeSpec.Parse($"{known.Name}/{known.Profile.Name}:{setting}", shape);
    }

    // A method that cannot have so few tokens is left out, and said so.
    private static bool Reaches(MergeSpec least, string amount, MergeShape? shape)
    {
        if (shape is null || !amount.StartsWith(Budget + "=", StringComparison.Ordinal)
            || !int.TryParse(amount[(Budget.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int budget)
            || TokenMergers.VisualTokens(least, shape) is var tokens && tokens <= budget)
        {
            return true;
        }

        Console.Error.WriteLine($"{least.Method}/{least.Profile}: left out at {budget} visual tokens, its least are {tokens}.");
        return false;
    }
}
