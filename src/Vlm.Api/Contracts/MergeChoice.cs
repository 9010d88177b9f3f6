using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Contracts;

/// <summary>Merging of visual tokens: a method and exactly one of ratio and image tokens; neither for <c>none</c>.</summary>
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
}
