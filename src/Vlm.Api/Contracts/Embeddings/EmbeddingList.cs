using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vlm.Core.Engine;

namespace Vlm.Api.Contracts.Embeddings;

/// <summary>Embedded pictures in OpenAI's form.</summary>
public sealed record EmbeddingList
{
    /// <summary>Always <c>list</c>.</summary>
    [JsonPropertyName("object")]
    [AllowedValues("list")]
    public string Kind { get; } = "list";

    /// <summary>One entry per picture, in their order.</summary>
    public required IReadOnlyList<EmbeddingEntry> Data { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Token counts.</summary>
    public required EmbeddingUsage Usage { get; init; }
}

/// <summary>One picture's vector.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Embedding">Pooled features of the vision tower, length 1: an array of numbers, or base64 of float32 where asked for.</param>
public sealed record EmbeddingEntry(int Index, JsonElement Embedding)
{
    /// <summary>Always <c>embedding</c>.</summary>
    [JsonPropertyName("object")]
    [AllowedValues("embedding")]
    public string Kind { get; } = "embedding";
}

/// <summary>Token counts.</summary>
/// <param name="PromptTokens">Visual tokens of all pictures.</param>
/// <param name="TotalTokens">The same.</param>
/// <param name="Images">One entry per picture; not of OpenAI.</param>
public sealed record EmbeddingUsage(int PromptTokens, int TotalTokens, IReadOnlyList<ImageUsage> Images);
