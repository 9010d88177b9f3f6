using System.Globalization;

namespace Vlm.Merge;

/// <summary>
/// Which merging a picture gets: <c>none</c>, or a method under a profile with the share of tokens kept per
/// application, and what the caller chooses beyond that.
/// </summary>
/// <param name="Method">Name in <see cref="TokenMergers.All"/>.</param>
/// <param name="Profile">Name of one of the method's profiles; empty for <c>none</c>.</param>
/// <param name="Ratio">Share of tokens that one application keeps, 0.5 to 1; 1 leaves every token in place, unless
/// <see cref="MergeSettings.RemovedPerLayer"/> takes its part.</param>
public sealed record MergeSpec(string Method, string Profile, double Ratio)
{
    /// <summary>Profile of a spec that names none.</summary>
    public const string DefaultProfile = "released";

    /// <summary>
    /// Smallest ratio: below it a bipartite step would have to remove more tokens than it has sources.
    /// </summary>
    public const double MinRatio = 0.5;

    /// <summary>What <see cref="Parse(string)"/> reads, in words.</summary>
    public const string Form = "none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...]";

    private const string Budget = "image_tokens";
    private const int MaxLength = 1024;

    /// <summary>No merging.</summary>
    public static MergeSpec None { get; } = new(TokenMergers.NoneName, "", 1);

    /// <summary>Choices beyond the ratio.</summary>
    public MergeSettings Settings { get; init; } = MergeSettings.Default;

    /// <summary>Whether no method was chosen.</summary>
    public bool IsNone => Method == TokenMergers.NoneName;

    /// <summary>Whether every token stays in its place: no method, or ratio 1 and no count.</summary>
    public bool IsIdentity => IsNone || (Ratio >= 1 && Settings.RemovedPerLayer is null);

    /// <summary>
    /// Reads <c>none</c> or <c>METHOD[/PROFILE]:RATIO[,OPTION=VALUE...]</c>, for example
    /// <c>pitome/paper:0.925,layers=odd</c>; <c>image_tokens=N</c> or <c>r=N</c> may take the place of the ratio.
    /// </summary>
    /// <param name="spec">The text.</param>
    /// <exception cref="FormatException">The text has another shape or the ratio is no number.</exception>
    /// <exception cref="ArgumentException">Method, profile or option are unknown, or a value is out of range.</exception>
    public static MergeSpec Parse(string spec) => Parse(spec, shape: null);

    /// <summary>The same where a model is loaded, which <c>image_tokens</c> needs.</summary>
    /// <param name="spec">The text.</param>
    /// <param name="shape">The vision tower.</param>
    /// <exception cref="FormatException">As above.</exception>
    /// <exception cref="ArgumentException">As above.</exception>
    public static MergeSpec Parse(string spec, MergeShape? shape)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec == TokenMergers.NoneName)
        {
            return None;
        }

        if (spec.Length > MaxLength)
        {
            throw new FormatException($"merge: expected at most {MaxLength} characters, found {spec.Length}.");
        }

        string[] halves = spec.Split(':');
        string[] names = halves[0].Split('/');
        if (halves.Length != 2 || names.Length > 2 || names.Contains("") || names[0] == TokenMergers.NoneName)
        {
            throw new FormatException($"merge: expected {Form}, found '{spec}'.");
        }

        string[] parts = halves[1].Split(',');
        double? ratio = parts[0].Contains('=') ? null : ReadRatio(parts[0], spec);
        KeyValuePair<string, string>[] pairs = [.. parts.Skip(ratio is null ? 0 : 1).Select(part => ReadPair(part, spec))];
        return TokenMergers.Resolve(
            names[0],
            names.Length == 2 ? names[1] : null,
            ratio,
            pairs.Where(pair => pair.Key == Budget).Select(pair => (int?)ReadBudget(pair.Value, spec)).FirstOrDefault(),
            shape,
            MergeOption.Read(pairs.Where(pair => pair.Key != Budget)));
    }

    /// <summary>The text that <see cref="Parse(string)"/> reads back to an equal spec.</summary>
    public override string ToString()
    {
        string? ratio = Settings.RemovedPerLayer is null ? Ratio.ToString(CultureInfo.InvariantCulture) : null;
        string?[] parts = [ratio, Settings.ToText()];
        return IsNone ? TokenMergers.NoneName : $"{Method}/{Profile}:{string.Join(',', parts.Where(part => part is not null))}";
    }

    private static double ReadRatio(string text, string spec) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double ratio)
            ? ratio
            : throw new FormatException($"merge ratio: expected a number from 0.5 to 1, found '{text}' in '{spec}'.");

    private static int ReadBudget(string text, string spec) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int budget)
            ? budget
            : throw new FormatException($"merge {Budget}: expected a whole number, found '{text}' in '{spec}'.");

    private static KeyValuePair<string, string> ReadPair(string part, string spec) =>
        part.Split('=') is [{ Length: > 0 } name, { Length: > 0 } value]
            ? new(name, value)
            : throw new FormatException($"merge option: expected NAME=VALUE, found '{part}' in '{spec}'.");
}
