using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Vlm.Api.Contracts.Completions;

/// <summary>A piece of a streamed answer in OpenAI's form.</summary>
public sealed record CompletionChunk
{
    /// <summary>The same in every chunk of an answer.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>chat.completion.chunk</c>.</summary>
    [JsonPropertyName("object")]
    [AllowedValues("chat.completion.chunk")]
    public string Kind { get; } = "chat.completion.chunk";

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>One choice; none in the last chunk of <c>include_usage</c>.</summary>
    public required IReadOnlyList<CompletionChunkChoice> Choices { get; init; }

    /// <summary>Token counts in the last chunk with <c>include_usage</c>, null in its others; absent without.</summary>
    public CompletionUsage? Usage { get; init; }
}

/// <summary>More of one answer.</summary>
public sealed record CompletionChunkChoice
{
    /// <summary>From 0 to n - 1.</summary>
    public required int Index { get; init; }

    /// <summary>What is new.</summary>
    public required CompletionDelta Delta { get; init; }

    /// <summary>The tokens that are new, when asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CompletionLogprobs? Logprobs { get; init; }

    /// <summary>In the last chunk of the answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}

/// <summary>What is new in a chunk.</summary>
public sealed record CompletionDelta
{
    /// <summary><c>assistant</c>, in the first chunk.</summary>
    public string? Role { get; init; }

    /// <summary>More text, never half a character.</summary>
    public string? Content { get; init; }
}
