using System.ComponentModel.DataAnnotations;
using Vlm.Merge;

namespace Vlm.Api.Contracts;

/// <summary>
/// Merging of visual tokens: a method and exactly one of ratio, image tokens and r; none of them for <c>none</c>. Which of
/// the other options a profile takes, GET /merge/methods says; the rest is refused by name.
/// </summary>
public sealed record MergeChoice
{
    /// <summary>Name of the method, as GET /merge/methods lists them.</summary>
    public required string Method { get; init; }

    /// <summary>Profile of the method; <c>released</c> when absent.</summary>
    public string? Profile { get; init; }

    /// <summary>Share of tokens kept in each layer.</summary>
    [Range(0.5, 1.0)]
    public double? Ratio { get; init; }

    /// <summary>Largest number of visual tokens per picture; the largest ratio that respects it is taken.</summary>
    [Range(1, int.MaxValue)]
    public int? ImageTokens { get; init; }

    /// <summary>
    /// Layers in which the method reduces, counted from 0: an array of numbers, or <c>all</c>, <c>odd</c>, <c>even</c>,
    /// <c>last</c>, <c>firstN</c> or a text such as <c>0+3-5+9-</c>.
    /// </summary>
    public TextOr<IReadOnlyList<int>>? Layers { get; init; }

    /// <summary>Tokens removed per layer, instead of a ratio.</summary>
    [Range(1, int.MaxValue)]
    public int? R { get; init; }

    /// <summary>Course of r over the layers: -1 falls to 0, 0 is constant, 1 rises from 0.</summary>
    [Range(-1.0, 1.0)]
    public double? Inflection { get; init; }

    /// <summary>Cosine from which tokens count as alike, in every layer.</summary>
    [Range(-1.0, 1.0, MaximumIsExclusive = true)]
    public double? Margin { get; init; }

    /// <summary>Depth of the energy below the margin.</summary>
    [Range(0.0, 10.0)]
    public double? Alpha { get; init; }

    /// <summary>Form of the energy.</summary>
    public EnergyForm? Energy { get; init; }

    /// <summary>How mergeable tokens become sources and destinations.</summary>
    public EnergySplit? Split { get; init; }

    /// <summary>Seed of everything random, 0 when absent.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Every how many tokens one stays.</summary>
    [Range(2, int.MaxValue)]
    public int? Stride { get; init; }

    /// <summary>Whether a token weighs in attention by its size.</summary>
    public bool? ProportionalAttention { get; init; }

    /// <summary>Order of the tokens for the language model.</summary>
    public TokenOrder? Order { get; init; }
}
