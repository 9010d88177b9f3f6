using System.Text.Json.Serialization;
using Vlm.Core.Engine;

namespace Vlm.Core.Chat;

/// <summary>What a reader of an answer sees: pieces, then the result.</summary>
public abstract record ChatEvent
{
    private ChatEvent()
    {
    }

    /// <summary>Which of several answers this belongs to, from 0.</summary>
    public int Index { get; init; }

    /// <summary>More text, never empty and never half a character. All pieces joined are <see
    /// cref="ChatResult.Answer"/>.</summary>
    public sealed record Piece(string Text) : ChatEvent
    {
        /// <summary>The tokens since the piece before, when asked for.</summary>
        public IReadOnlyList<TokenLogprobs> Logprobs { get; init; } = [];
    }

    /// <summary>The last event of an answer.</summary>
    public sealed record Done(ChatResult Result) : ChatEvent;
}

/// <summary>The response object of <c>POST /chat</c>; names on the wire are the snake case of these, absent values are
/// left out.</summary>
public sealed record ChatResult
{
    /// <summary><c>chat-</c> and 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The text without white space at either end.</summary>
    public required string Answer { get; init; }

    public required FinishReason FinishReason { get; init; }

    public required ChatUsage Usage { get; init; }

    public required ChatTimings Timings { get; init; }

    /// <summary>Ids of the answer, the end mark included, when asked for.</summary>
    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>One entry per token, when asked for.</summary>
    public IReadOnlyList<TokenLogprobs>? Logprobs { get; init; }

    /// <summary>Every choice with its score, in the order of the request, when there were choices.</summary>
    public IReadOnlyList<ChoiceScore>? Choices { get; init; }
}

/// <summary>Token counts of a request.</summary>
/// <param name="PromptTokens">Prompt, visual tokens counted.</param>
/// <param name="CachedTokens">Those of them that needed no computation.</param>
/// <param name="CompletionTokens">Answer, the end mark counted.</param>
/// <param name="Images">One entry per picture.</param>
public sealed record ChatUsage(
    int PromptTokens,
    int CachedTokens,
    int CompletionTokens,
    [property: JsonPropertyOrder(1)] IReadOnlyList<ImageUsage> Images)
{
    /// <summary>Prompt and answer.</summary>
    public int TotalTokens => PromptTokens + CompletionTokens;

    /// <summary>True when the server chose fewer visual tokens because many requests waited, else absent.</summary>
    [JsonPropertyOrder(2)]
    public bool? MergedForLoad { get; init; }
}

/// <summary>Milliseconds that each part took.</summary>
/// <param name="QueueMs">Waiting for a place in the batch.</param>
/// <param name="ImageMs">Decoding and resizing the pictures.</param>
/// <param name="EncodeMs">Vision tower and projector.</param>
/// <param name="PrefillMs">Prompt to first token.</param>
/// <param name="DecodeMs">First token to last.</param>
/// <param name="TotalMs">Whole request, preparation included.</param>
/// <param name="TimeToFirstTokenMs">Preparation, waiting, encoding and prefill.</param>
public sealed record ChatTimings(
    double QueueMs,
    double ImageMs,
    double EncodeMs,
    double PrefillMs,
    double DecodeMs,
    double TotalMs,
    double TimeToFirstTokenMs)
{
    /// <summary>From each token to its next.</summary>
    [JsonIgnore]
    public IReadOnlyList<TimeSpan> TokenGaps { get; init; } = [];
}

/// <summary>A choice and the sum of its tokens' log-probabilities.</summary>
/// <param name="Text">As given.</param>
/// <param name="Logprob">Natural logarithm.</param>
public sealed record ChoiceScore(string Text, double Logprob);
