namespace Vlm.Client;

/// <summary>The merging methods of a server: the answer of <c>GET /merge/methods</c>.</summary>
/// <param name="Model">The loaded model.</param>
/// <param name="ImageTokens">Visual tokens of a picture without merging.</param>
/// <param name="Default">Merging of a request that asks for none in particular.</param>
/// <param name="Methods">The methods.</param>
/// <param name="Options">The options that profiles take.</param>
public sealed record MergeCatalogue(
    string Model, int ImageTokens, string Default, IReadOnlyList<MergeMethod> Methods, IReadOnlyList<MergeOption> Options);

/// <summary>A merging method; its profiles begin with the default.</summary>
public sealed record MergeMethod(string Name, string Description, IReadOnlyList<MergeProfile> Profiles);

/// <summary>An option of merging methods.</summary>
/// <param name="Name">Name in requests.</param>
/// <param name="Expected">The values it takes.</param>
/// <param name="Description">What it decides.</param>
public sealed record MergeOption(string Name, string Expected, string Description);

/// <summary>A profile of a method.</summary>
/// <param name="Name">Name in requests.</param>
/// <param name="Description">What sets it apart.</param>
/// <param name="Placement">Where in a block it reduces.</param>
/// <param name="Metric">What it compares.</param>
/// <param name="Layers">Layers in which it reduces.</param>
/// <param name="Options">Names of the options it takes.</param>
/// <param name="TracksSizes">Whether tokens are averaged by the patches they stand for.</param>
/// <param name="ProportionalAttention">Whether the size of a token weighs in attention.</param>
/// <param name="UsesAttention">Whether it reads attention probabilities.</param>
/// <param name="TracksOwners">Whether the output token of every patch is known.</param>
/// <param name="Tokens">Visual tokens at usual ratios.</param>
public sealed record MergeProfile(
    string Name,
    string Description,
    string Placement,
    string Metric,
    string Layers,
    IReadOnlyList<string> Options,
    bool TracksSizes,
    bool ProportionalAttention,
    bool UsesAttention,
    bool TracksOwners,
    IReadOnlyList<RatioTokens> Tokens);

/// <summary>Visual tokens at a ratio.</summary>
public sealed record RatioTokens(double Ratio, int Tokens);
