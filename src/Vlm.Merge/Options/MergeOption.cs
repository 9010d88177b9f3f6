using System.Globalization;
using System.Numerics;

namespace Vlm.Merge;

/// <summary>An optional choice of a request by its name in JSON and in a merge spec.</summary>
public sealed class MergeOption
{
    private const int MaxQuoted = 64;

    private readonly Func<MergeSettings, string, MergeSettings?> _read;

    private MergeOption(
        string name,
        string expected,
        string description,
        Func<MergeSettings, string?> print,
        Func<MergeSettings, string, MergeSettings?> read)
    {
        (Name, Expected, Description, Print, _read) = (name, expected, description, print, read);
    }

    /// <summary>All options, in the order in which a spec prints them.</summary>
    public static IReadOnlyList<MergeOption> All { get; } =
    [
        Layered(),
        Whole("r", 1, int.MaxValue, "Tokens removed per layer, instead of a ratio.",
            s => s.RemovedPerLayer, (s, value) => s with { RemovedPerLayer = value }),
        Real("inflection", "-1 to 1", v => v is >= -1 and <= 1, "Course of r over the layers: -1 falls to 0, 1 rises from 0.",
            s => s.Inflection, (s, value) => s with { Inflection = value }),
        Real("margin", "-1 to below 1", v => v is >= -1 and < 1, "Cosine from which tokens count as alike, in every layer.",
            s => s.Margin, (s, value) => s with { Margin = value }),
        Real("alpha", "0 to 10", v => v is >= 0 and <= 10, "Depth of the energy below the margin.",
            s => s.Alpha, (s, value) => s with { Alpha = value }),
        Named("energy", "Form of the energy.", s => s.Energy, (s, value) => s with { Energy = value }),
        Named("split", "How mergeable tokens become sources and destinations.", s => s.Split, (s, value) => s with { Split = value }),
        Whole<ulong>("seed", 0, ulong.MaxValue, "Seed of everything random.", s => s.Seed, (s, value) => s with { Seed = value }),
        Whole("stride", 2, int.MaxValue, "Every how many tokens one stays.", s => s.Stride, (s, value) => s with { Stride = value }),
        Switch("proportional_attention", "Whether a token weighs in attention by its size.",
            s => s.ProportionalAttention, (s, value) => s with { ProportionalAttention = value }),
        Named("order", "Order of the tokens for the language model.", s => s.Order, (s, value) => s with { Order = value }),
    ];

    /// <summary>Name on the wire.</summary>
    public string Name { get; }

    /// <summary>The values it takes, in words.</summary>
    public string Expected { get; }

    /// <summary>One sentence.</summary>
    public string Description { get; }

    /// <summary>The value in some settings as text, null where they leave it to the profile.</summary>
    internal Func<MergeSettings, string?> Print { get; }

    /// <summary>What is wrong with a value, null when nothing is: expected and found.</summary>
    public string? Fault(string value) =>
        _read(MergeSettings.Default, value) is null ? $"expected {Expected}, found '{Short(value)}'." : null;

    /// <summary>The option of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static MergeOption Find(string name) => All.FirstOrDefault(option => option.Name == name)
        ?? throw new ArgumentException(
            $"merge option: expected one of {string.Join(", ", All.Select(option => option.Name))}, found '{name}'.");

    /// <summary>Settings from names and values.</summary>
    /// <exception cref="ArgumentException">A name is unknown or given twice, or a value is out of range.</exception>
    public static MergeSettings Read(IEnumerable<KeyValuePair<string, string>> choices)
    {
        MergeSettings settings = MergeSettings.Default;
        foreach ((string name, string value) in choices)
        {
            MergeOption option = Find(name);
            if (option.Print(settings) is not null)
            {
                throw new ArgumentException($"merge {name}: expected once, found twice.");
            }

            settings = option._read(settings, value) ?? throw new ArgumentException($"merge {name}: {option.Fault(value)}");
        }

        return settings;
    }

    private static MergeOption Layered() => new(
        "layers",
        LayerSelection.Forms,
        "Layers in which the method reduces.",
        s => s.Layers?.Text,
        (s, text) => LayerSelection.TryParse(text) is { } layers ? s with { Layers = layers } : null);

    private static MergeOption Whole<T>(
        string name, T least, T most, string description, Func<MergeSettings, T?> get, Func<MergeSettings, T, MergeSettings> set)
        where T : struct, IBinaryInteger<T> => new(
            name,
            Invariant($"a whole number from {least} to {most}"),
            description,
            s => get(s)?.ToString(null, CultureInfo.InvariantCulture),
            (s, text) => T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out T value)
                && value >= least && value <= most ? set(s, value) : null);

    private static MergeOption Real(
        string name, string range, Predicate<double> isValid, string description,
        Func<MergeSettings, double?> get, Func<MergeSettings, double, MergeSettings> set) => new(
            name,
            $"a number from {range}",
            description,
            s => get(s)?.ToString(CultureInfo.InvariantCulture),
            (s, text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && isValid(value) ? set(s, value) : null);

    private static MergeOption Named<T>(
        string name, string description, Func<MergeSettings, T?> get, Func<MergeSettings, T, MergeSettings> set)
        where T : struct, Enum => new(
            name,
            string.Join(", ", Enum.GetNames<T>().Select(Lower)),
            description,
            s => get(s) is { } value ? Lower(value.ToString()) : null,
            (s, text) => Array.FindIndex(Enum.GetNames<T>(), n => Lower(n) == text) is >= 0 and var i
                ? set(s, Enum.GetValues<T>()[i]) : null);

    private static MergeOption Switch(
        string name, string description, Func<MergeSettings, bool?> get, Func<MergeSettings, bool, MergeSettings> set) => new(
            name,
            "true or false",
            description,
            s => get(s) is { } value ? Lower(value.ToString()) : null,
            (s, text) => text is "true" or "false" ? set(s, text == "true") : null);

    private static string Short(string text) => text.Length <= MaxQuoted ? text : text[..MaxQuoted] + "...";

    // Wire names are in lower case.
    private static string Lower(string text) => text.ToLowerInvariant();

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
