using System.Globalization;

namespace Vlm.Merge;

/// <summary>
/// The layers in which a method reduces, counted from 0: <c>all</c>, <c>odd</c>, <c>even</c>, <c>last</c>,
/// <c>firstN</c>, or numbers and ranges joined by plus signs such as <c>0+3-5+9-</c>.
/// </summary>
public sealed record LayerSelection
{
    /// <summary>The forms in words, for messages.</summary>
    public const string Forms = "all, odd, even, last, firstN, or layers such as 0+3-5+9- in at most 256 characters";

    private const int MaxLength = 256;
    private const string FirstPrefix = "first";

    private readonly (int From, int To)[] _ranges; // none where the text is a word that the layer or the tower decides

    private LayerSelection(string text, params (int From, int To)[] ranges) => (Text, _ranges) = (text, ranges);

    /// <summary>Every layer.</summary>
    public static LayerSelection All { get; } = new("all", (0, int.MaxValue));

    /// <summary>Layers 1, 3, ...</summary>
    public static LayerSelection Odd { get; } = new("odd");

    /// <summary>Layers 0, 2, ...</summary>
    public static LayerSelection Even { get; } = new("even");

    /// <summary>Only the last layer whose output counts.</summary>
    public static LayerSelection Last { get; } = new("last");

    /// <summary>The form that <see cref="TryParse"/> reads back; equal texts are equal selections.</summary>
    public string Text { get; }

    /// <summary>The first layers.</summary>
    public static LayerSelection First(int count) => new(Invariant($"{FirstPrefix}{count}"), (0, count - 1));

    /// <summary>Exactly these layers.</summary>
    public static LayerSelection Of(IReadOnlyList<int> layers) =>
        new(string.Join('+', layers.Select(i => Invariant($"{i}"))), [.. layers.Select(i => (i, i))]);

    /// <summary>Reads a form; null where the text is none.</summary>
    public static LayerSelection? TryParse(string text) => text switch
    {
        "all" => All,
        "odd" => Odd,
        "even" => Even,
        "last" => Last,
        { Length: > MaxLength } => null,
        _ when text.StartsWith(FirstPrefix, StringComparison.Ordinal) =>
            Number(text[FirstPrefix.Length..]) is > 0 and var count ? First(count) : null,
        _ => Ranges(text) is { } ranges ? new LayerSelection(text, ranges) : null,
    };

    /// <summary>Whether a layer of a tower is among them.</summary>
    public bool Contains(int layer, MergeShape shape) => Text switch
    {
        "odd" => layer % 2 == 1,
        "even" => layer % 2 == 0,
        "last" => layer == shape.FeatureLayer - 1,
        _ => Array.Exists(_ranges, range => range.From <= layer && layer <= range.To),
    };

    /// <summary>The first of the layers and ranges listed that begins behind the evaluated layers of a tower; null where none does.</summary>
    internal string? Outside(MergeShape shape) =>
        Text.Split('+').FirstOrDefault(part => Range(part) is { } range && range.From >= shape.FeatureLayer);

    /// <summary>Whether they are written alike.</summary>
    public bool Equals(LayerSelection? other) => Text == other?.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static (int From, int To)[]? Ranges(string text)
    {
        (int From, int To)?[] ranges = [.. text.Split('+').Select(Range)];
        return Array.TrueForAll(ranges, range => range is { } known && known.From <= known.To)
            ? [.. ranges.OfType<(int, int)>()]
            : null;
    }

    // "3", "3-5" or "3-"; null where it is none of them.
    private static (int From, int To)? Range(string part)
    {
        string[] ends = part.Split('-');
        int? from = Number(ends[0]);
        int? to = ends.Length == 1 ? from : ends[1].Length == 0 ? int.MaxValue : Number(ends[1]);
        return ends.Length <= 2 && from is { } first && to is { } last ? (first, last) : null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
