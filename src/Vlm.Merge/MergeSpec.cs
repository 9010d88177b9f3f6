using System.Globalization;

namespace Vlm.Merge;

/// <summary>
/// Which merging a picture gets: <c>none</c>, or a method under a profile with the share of tokens kept per
/// application.
/// </summary>
/// <param name="Method">Name in <see cref="TokenMergers.All"/>.</param>
/// <param name="Profile">Name of one of the method's profiles; empty for <c>none</c>.</param>
/// <param name="Ratio">Share of tokens that one application keeps, 0.5 to 1; 1 leaves every token in place.</param>
public sealed record MergeSpec(string Method, string Profile, double Ratio)
{
    /// <summary>Profile of a spec that names none.</summary>
    public const string DefaultProfile = "released";

    /// <summary>
    /// Smallest ratio: below it a bipartite step would have to remove more tokens than it has sources.
    /// </summary>
    public const double MinRatio = 0.5;

    private const string Shape = "none or METHOD[/PROFILE]:RATIO";

    /// <summary>No merging.</summary>
    public static MergeSpec None { get; } = new(TokenMergers.NoneName, "", 1);

    /// <summary>Whether no method was chosen.</summary>
    public bool IsNone => Method == TokenMergers.NoneName;

    /// <summary>Whether every token stays in its place: no method, or ratio 1.</summary>
    public bool IsIdentity => IsNone || Ratio >= 1;

    /// <summary>Reads <c>none</c> or <c>METHOD[/PROFILE]:RATIO</c>, for example <c>pitome/paper:0.925</c>.</summary>
    /// <exception cref="FormatException">The text has another shape or the ratio is no number.</exception>
    /// <exception cref="ArgumentException">Method or profile are unknown, or the ratio is outside 0.5 to 1.</exception>
    public static MergeSpec Parse(string spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec == TokenMergers.NoneName)
        {
            return None;
        }

        string[] halves = spec.Split(':');
        string[] names = halves[0].Split('/');
        if (halves.Length != 2 || names.Length > 2 || names.Contains("") || names[0] == TokenMergers.NoneName)
        {
            throw new FormatException($"merge: expected {Shape}, found '{spec}'.");
        }

        if (!double.TryParse(halves[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double ratio))
        {
            throw new FormatException($"merge ratio: expected a number from 0.5 to 1, found '{halves[1]}' in '{spec}'.");
        }

        return TokenMergers.Checked(names[0], names.Length == 2 ? names[1] : DefaultProfile, ratio);
    }

    /// <summary>The text that <see cref="Parse"/> reads back to an equal spec.</summary>
    public override string ToString() =>
        IsNone ? TokenMergers.NoneName : string.Create(CultureInfo.InvariantCulture, $"{Method}/{Profile}:{Ratio}");
}
