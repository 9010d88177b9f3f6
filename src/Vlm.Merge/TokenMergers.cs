using System.Globalization;

namespace Vlm.Merge;

/// <summary>
/// Name to method: the only switch. A method is added by one file and one line of <see cref="Table"/>.
/// </summary>
public static class TokenMergers
{
    internal const string NoneName = "none";

    private static readonly Method[] Table =
    [
        new(NoneName, "Every token stays.", []),
        new("pitome", "Protects tokens of low energy, merges the redundant rest (PiToMe, arXiv 2405.16148).", PiToMe.Profiles),
        new("tome", "Merges each of the most similar even-odd pairs (ToMe, arXiv 2210.09461).", ToMe.Profiles),
    ];

    /// <summary>Ratios of the published tables, for overviews.</summary>
    public static IReadOnlyList<double> UsualRatios { get; } =
        [0.5, 0.6, 0.7, 0.8, 0.85, 0.875, 0.9, 0.925, 0.95, 0.975, 1];

    /// <summary>All methods with their profiles.</summary>
    public static IReadOnlyList<MergeMethodInfo> All { get; } =
        [.. Table.Select(m => new MergeMethodInfo(m.Name, m.Description, [.. m.Profiles.Select(p => p.Info)]))];

    /// <summary>
    /// Turns what a caller asked for into a spec: exactly one of ratio and image tokens, neither for <c>none</c>.
    /// </summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="profile">Name of the profile; <see cref="MergeSpec.DefaultProfile"/> when null.</param>
    /// <param name="ratio">Share kept by one application, 0.5 to 1.</param>
    /// <param name="imageTokens">Largest number of visual tokens per picture; the largest ratio that respects it is
    /// taken.</param>
    /// <param name="shape">The vision tower.</param>
    /// <exception cref="ArgumentException">An unknown name, a value out of range, both or neither of ratio and image
    /// tokens.</exception>
    public static MergeSpec Resolve(string method, string? profile, double? ratio, int? imageTokens, MergeShape shape)
    {
        if (method == NoneName)
        {
            return profile is null && ratio is null or 1 && imageTokens is null
                ? MergeSpec.None
                : throw new ArgumentException("merge none: expected neither profile, ratio nor image_tokens, found one of them.");
        }

        ITokenMerger merger = Find(method, profile ?? MergeSpec.DefaultProfile);
        return (ratio, imageTokens) switch
        {
            ({ } share, null) => Checked(method, merger.Info.Name, share),
            (null, { } budget) => WithBudget(method, merger, budget, shape),
            (null, null) => throw new ArgumentException($"merge {method}: expected one of ratio and image_tokens, found neither."),
            _ => throw new ArgumentException($"merge {method}: expected one of ratio and image_tokens, found both."),
        };
    }

    /// <summary>
    /// Visual tokens per picture that reach the language model, by the pure schedule. The class token is not counted
    /// unless
    /// the shape says that it is kept.
    /// </summary>
    public static int VisualTokens(MergeSpec spec, MergeShape shape) => Visual(TokensPerLayer(spec, shape), shape);

    /// <summary>
    /// Tokens entering layer 0, 1, ... of those evaluated and, last, leaving them; class token included.
    /// </summary>
    /// <returns><see cref="MergeShape.FeatureLayer"/> + 1 counts.</returns>
    public static int[] TokensPerLayer(MergeSpec spec, MergeShape shape) =>
        MergeSchedule.TokensPerLayer(Find(spec), spec.Ratio, shape);

    /// <summary>Visual tokens at each ratio, for a table of what a model offers.</summary>
    public static IReadOnlyList<RatioTokens> TokensPerRatio(
        string method, string profile, MergeShape shape, IEnumerable<double>? ratios = null) =>
        [.. (ratios ?? UsualRatios).Select(r => new RatioTokens(r, VisualTokens(Checked(method, profile, r), shape)))];

    /// <summary>State for the merging of one encoder batch, to be disposed after it.</summary>
    /// <param name="spec">What to do.</param>
    /// <param name="shape">The vision tower.</param>
    /// <param name="trace">Whether to keep owners, and a record of each layer.</param>
    public static TokenMerging Begin(MergeSpec spec, MergeShape shape, bool trace = false) =>
        new(Find(spec), spec, shape, trace);

    /// <summary>The spec of these names and this ratio.</summary>
    /// <exception cref="ArgumentException">An unknown name or a ratio outside 0.5 to 1.</exception>
    internal static MergeSpec Checked(string method, string profile, double ratio)
    {
        _ = Find(method, profile);
        return ratio is >= MergeSpec.MinRatio and <= 1
            ? new MergeSpec(method, profile, ratio)
            : throw new ArgumentException(Invariant($"merge ratio: expected 0.5 to 1, found {ratio}."));
    }

    /// <summary>The merger of a spec, null for <c>none</c>.</summary>
    internal static ITokenMerger? Find(MergeSpec spec)
    {
        if (spec.IsNone)
        {
            return null;
        }

        _ = Checked(spec.Method, spec.Profile, spec.Ratio);
        return Find(spec.Method, spec.Profile);
    }

    private static ITokenMerger Find(string method, string profile)
    {
        Method found = Array.Find(Table, m => m.Name == method)
            ?? throw new ArgumentException($"merge method: expected one of {Listed(Table.Select(m => m.Name))}, found '{method}'.");
        return found.Profiles.FirstOrDefault(p => p.Info.Name == profile) ?? throw new ArgumentException(
            $"merge profile of {method}: expected one of {Listed(found.Profiles.Select(p => p.Info.Name))}, found '{profile}'.");
    }

    private static MergeSpec WithBudget(string method, ITokenMerger merger, int budget, MergeShape shape)
    {
        int least = Count(MergeSpec.MinRatio);
        if (budget < least)
        {
            throw new ArgumentException(Invariant(
                $"merge image_tokens: expected at least {least} with {method}/{merger.Info.Name}, found {budget}."));
        }

        return budget >= Count(1)
            ? MergeSpec.None
            : new MergeSpec(method, merger.Info.Name, MergeSchedule.LargestRatio(Count, budget));

        int Count(double ratio) => Visual(MergeSchedule.TokensPerLayer(merger, ratio, shape), shape);
    }

    private static int Visual(int[] tokensPerLayer, MergeShape shape) =>
        tokensPerLayer[^1] - (shape.KeepClassToken ? 0 : 1);

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Method(string Name, string Description, IReadOnlyList<ITokenMerger> Profiles);
}
