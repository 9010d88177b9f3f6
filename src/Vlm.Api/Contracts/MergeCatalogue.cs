using Vlm.Merge;

namespace Vlm.Api.Contracts;

/// <summary>The merging methods of this server, with the tokens each leaves on the loaded model.</summary>
public sealed record MergeCatalogue
{
    /// <summary>The loaded model.</summary>
    public required string Model { get; init; }

    /// <summary>Visual tokens of a picture without merging.</summary>
    public required int ImageTokens { get; init; }

    /// <summary>Merging of a request that asks for none in particular, as SPEC text.</summary>
    public required string Default { get; init; }

    /// <summary>The methods that requests may choose.</summary>
    public required IReadOnlyList<MergeMethod> Methods { get; init; }

    /// <summary>The options that requests may set; each profile takes some of them.</summary>
    public required IReadOnlyList<MergeOptionEntry> Options { get; init; }
}

/// <summary>An option of a merging method.</summary>
/// <param name="Name">Name in requests.</param>
/// <param name="Expected">The values it takes.</param>
/// <param name="Description">What it decides.</param>
public sealed record MergeOptionEntry(string Name, string Expected, string Description);

/// <summary>A merging method.</summary>
public sealed record MergeMethod
{
    /// <summary>Name in requests.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, and its source.</summary>
    public required string Description { get; init; }

    /// <summary>Its profiles, the default first; empty for <c>none</c>.</summary>
    public required IReadOnlyList<MergeProfile> Profiles { get; init; }
}

/// <summary>A profile of a method: one complete choice of everything the method leaves open.</summary>
public sealed record MergeProfile
{
    /// <summary>Name in requests.</summary>
    public required string Name { get; init; }

    /// <summary>What sets it apart.</summary>
    public required string Description { get; init; }

    /// <summary>Where in a block it reduces.</summary>
    public required MergePlacement Placement { get; init; }

    /// <summary>What it compares.</summary>
    public required MergeMetric Metric { get; init; }

    /// <summary>Layers in which it reduces unless the request says otherwise.</summary>
    public required string Layers { get; init; }

    /// <summary>Names of the options it takes.</summary>
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>Whether tokens are averaged by the number of original tokens they stand for.</summary>
    public required bool TracksSizes { get; init; }

    /// <summary>Whether the size of a token weighs in attention.</summary>
    public required bool ProportionalAttention { get; init; }

    /// <summary>Whether it reads the attention probabilities of a block.</summary>
    public required bool UsesAttention { get; init; }

    /// <summary>Whether the output token of every patch is known.</summary>
    public required bool TracksOwners { get; init; }

    /// <summary>Visual tokens per picture at usual ratios.</summary>
    public required IReadOnlyList<RatioTokenCount> Tokens { get; init; }
}

/// <summary>Visual tokens at a ratio.</summary>
/// <param name="Ratio">Share of tokens kept in each layer.</param>
/// <param name="Tokens">Visual tokens per picture that reach the language model.</param>
public sealed record RatioTokenCount(double Ratio, int Tokens);
