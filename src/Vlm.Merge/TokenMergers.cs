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
        new("pitome_bsm", "Merges the closest pairs of an energy-sorted split, none protected (PiToMe 4.5 i).", PiToMeBsm.Profiles),
        new("pitome_text", "Energy of the text variant, halves as sources and destinations (PiToMe's BERT code).", PiToMeText.Profiles),
        new("tome", "Merges each of the most similar even-odd pairs (ToMe, arXiv 2210.09461).", ToMe.Profiles),
        new("tofu", "ToMe's pairs, pruned in early layers and merged with their norm in late ones (ToFu, arXiv 2312.01026).", ToFu.Profiles),
        new("diffrate", "Sorts by attention of the class token, merges the tail into the head (DiffRate, arXiv 2305.17997).", DiffRate.Profiles),
        new("dct", "Keeps the low frequencies of the token sequence (Fourier Transformer, arXiv 2305.15099).", Dct.Profiles),
        new("crossget", "Merges tokens into their nearest in a complete graph (CrossGET, arXiv 2305.17455).", CrossGet.Profiles),
        new("mctf", "Matches both ways by several criteria (MCTF, arXiv 2403.10030).", Mctf.Profiles),
        new("cls_attention_merge", "Merges what the class token looks at least (PiToMe 4.5 iii).", ClsAttentionMerge.Profiles),
        new("mean_attention_merge", "PiToMe with mean attention for the energy (PiToMe 4.5 iii).", MeanAttentionMerge.Profiles),
        new("kth_bipartite", "Merges into every k-th token (ToMe's k-th bipartite matching).", KthBipartite.Profiles),
        new("random_bipartite", "Merges a random set into its nearest others (ToMe's random bipartite matching).", RandomBipartite.Profiles),
        new("random_prune", "Control: drops random patches.", RandomPrune.Profiles),
        new("cls_attention_prune", "Control: drops what the class token looks at least.", ClsAttentionPrune.Profiles),
        new("energy_prune", "Control: PiToMe's plan, sources dropped instead of merged.", EnergyPrune.Profiles),
        new("average_pool", "Control: averages cells of the patch grid once, after the tower.", AveragePool.Profiles),
    ];

    /// <summary>Ratios of the published tables, for overviews.</summary>
    public static IReadOnlyList<double> UsualRatios { get; } =
        [0.5, 0.6, 0.7, 0.8, 0.85, 0.875, 0.9, 0.925, 0.95, 0.975, 1];

    /// <summary>All methods with their profiles.</summary>
    public static IReadOnlyList<MergeMethodInfo> All { get; } =
        [.. Table.Select(m => new MergeMethodInfo(m.Name, m.Description, [.. m.Profiles.Select(p => p.Info)]))];

    /// <summary>
    /// Turns what a caller asked for into a spec: exactly one of ratio, image tokens and the option <c>r</c>, neither for
    /// <c>none</c>.
    /// </summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="profile">Name of the profile; <see cref="MergeSpec.DefaultProfile"/> when null.</param>
    /// <param name="ratio">Share kept by one application, 0.5 to 1.</param>
    /// <param name="imageTokens">Largest number of visual tokens per picture; the largest ratio that respects it is
    /// taken.</param>
    /// <param name="shape">The vision tower; may be null where no image tokens are asked for.</param>
    /// <param name="settings">Choices beyond the ratio.</param>
    /// <exception cref="ArgumentException">An unknown name, a value out of range, none or several of ratio, image tokens
    /// and r, or an option that the profile has no use for.</exception>
    public static MergeSpec Resolve(
        string method, string? profile, double? ratio, int? imageTokens, MergeShape? shape, MergeSettings? settings = null)
    {
        settings ??= MergeSettings.Default;
        if (method == NoneName)
        {
            return profile is null && ratio is null or 1 && imageTokens is null && settings == MergeSettings.Default
                ? MergeSpec.None
                : throw new ArgumentException(
                    "merge none: expected neither profile, ratio, image_tokens nor options, found one of them.");
        }

        MergeSpec spec = Checked(new(method, profile ?? MergeSpec.DefaultProfile, ratio ?? 1) { Settings = settings }, shape);
        return (ratio, imageTokens, settings.RemovedPerLayer) switch
        {
            (not null, null, null) or (null, null, not null) => spec,
            (null, { } budget, null) => WithBudget(spec, budget, shape),
            (null, null, null) => throw Amounts(method, "none"),
            _ => throw Amounts(method, "several"),
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
        MergeSchedule.TokensPerLayer(Find(spec, shape), spec, shape);

    /// <summary>Whether a profile takes all of these choices.</summary>
    public static bool Takes(MergeProfileInfo profile, MergeSettings settings) =>
        Useless(profile, settings) is null;

    /// <summary>Visual tokens at each ratio, for a table of what a model offers.</summary>
    public static IReadOnlyList<RatioTokens> TokensPerRatio(
        string method, string profile, MergeShape shape, IEnumerable<double>? ratios = null) =>
        [.. (ratios ?? UsualRatios).Select(r => new RatioTokens(r, VisualTokens(new MergeSpec(method, profile, r), shape)))];

    /// <summary>State for the merging of one encoder batch, to be disposed after it.</summary>
    /// <param name="spec">What to do.</param>
    /// <param name="shape">The vision tower.</param>
    /// <param name="trace">Whether to keep owners, and a record of each layer.</param>
    /// <param name="pictureSeeds">One number per picture of the batch, from which random methods draw; positions in the
    /// batch when null.</param>
    public static TokenMerging Begin(
        MergeSpec spec, MergeShape shape, bool trace = false, IReadOnlyList<ulong>? pictureSeeds = null) =>
        new(Find(spec, shape), spec, shape, trace, pictureSeeds);

    /// <summary>The merger of a spec, null for <c>none</c>.</summary>
    /// <exception cref="ArgumentException">As for <see cref="Resolve"/>.</exception>
    internal static ITokenMerger? Find(MergeSpec spec, MergeShape? shape = null) =>
        spec.IsNone ? null : Find(Checked(spec, shape).Method, spec.Profile);

    // The same spec, after a look at everything in it.
    private static MergeSpec Checked(MergeSpec spec, MergeShape? shape)
    {
        MergeProfileInfo info = Find(spec.Method, spec.Profile).Info;
        if (spec.Ratio is not (>= MergeSpec.MinRatio and <= 1))
        {
            throw new ArgumentException(Invariant($"merge ratio: expected 0.5 to 1, found {spec.Ratio}."));
        }

        if (Useless(info, spec.Settings) is { } useless)
        {
            throw new ArgumentException($"merge options of {spec.Method}/{spec.Profile}: "
                + $"expected {Listed(info.Options)}, found '{useless.Name}'.");
        }

        if (spec.Settings is { Inflection: not null, RemovedPerLayer: null })
        {
            throw new ArgumentException("merge inflection: expected together with r, found alone.");
        }

        return shape is not null && spec.Settings.Layers?.Outside(shape) is { } layer
            ? throw new ArgumentException(Invariant($"merge layers: expected 0 to {shape.FeatureLayer - 1}, found {layer}."))
            : spec;
    }

    private static MergeOption? Useless(MergeProfileInfo info, MergeSettings settings) => MergeOption.All.FirstOrDefault(
        option => option.Print(settings) is not null && !info.Options.Contains(option.Name));

    private static ITokenMerger Find(string method, string profile)
    {
        Method found = Array.Find(Table, m => m.Name == method)
            ?? throw new ArgumentException($"merge method: expected one of {Listed(Table.Select(m => m.Name))}, found '{method}'.");
        return found.Profiles.FirstOrDefault(p => p.Info.Name == profile) ?? throw new ArgumentException(
            $"merge profile of {method}: expected one of {Listed(found.Profiles.Select(p => p.Info.Name))}, found '{profile}'.");
    }

    private static MergeSpec WithBudget(MergeSpec spec, int budget, MergeShape? shape)
    {
        if (shape is null)
        {
            throw new ArgumentException("merge image_tokens: expected where a model is loaded, found elsewhere.");
        }

        ITokenMerger merger = Find(spec.Method, spec.Profile);
        int least = Count(MergeSpec.MinRatio);
        if (budget < least)
        {
            throw new ArgumentException(Invariant(
                $"merge image_tokens: expected at least {least} with {spec.Method}/{spec.Profile}, found {budget}."));
        }

        return budget >= Count(1)
            ? MergeSpec.None
            : spec with { Ratio = MergeSchedule.LargestRatio(Count, budget) };

        int Count(double ratio) => Visual(MergeSchedule.TokensPerLayer(merger, spec with { Ratio = ratio }, shape), shape);
    }

    private static ArgumentException Amounts(string method, string found) =>
        new($"merge {method}: expected one of ratio, image_tokens and r, found {found}.");

    private static int Visual(int[] tokensPerLayer, MergeShape shape) =>
        tokensPerLayer[^1] - (shape.KeepClassToken ? 0 : 1);

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed record Method(string Name, string Description, IReadOnlyList<ITokenMerger> Profiles);
}
