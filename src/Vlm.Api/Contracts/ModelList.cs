using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vlm.Api.Contracts;

/// <summary>The models that answer here, in OpenAI's shape.</summary>
public sealed record ModelList
{
    /// <summary>Always <c>list</c>.</summary>
    [JsonPropertyName("object")]
    [AllowedValues("list")]
    public string Kind { get; } = "list";

    /// <summary>The models.</summary>
    public required IReadOnlyList<ModelCard> Data { get; init; }
}

/// <summary>One model, in OpenAI's shape with what a client needs to plan its requests.</summary>
public sealed record ModelCard
{
    /// <summary>Name to use in requests.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>model</c>.</summary>
    [JsonPropertyName("object")]
    [AllowedValues("model")]
    public string Kind { get; } = "model";

    /// <summary>When it was loaded, in seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>Always <c>vlm</c>.</summary>
    [AllowedValues("vlm")]
    public string OwnedBy { get; } = "vlm";

    /// <summary>Tokens that prompt, pictures and answer may have together.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Visual tokens of a picture without merging.</summary>
    public required int ImageTokens { get; init; }
}
