namespace Vlm.Client;

/// <summary>An answer: the response object of <c>POST /chat</c>.</summary>
public sealed record ChatAnswer
{
    /// <summary>Names this answer in the server's log.</summary>
    public required string Id { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The text.</summary>
    public required string Answer { get; init; }

    /// <summary><c>stop</c>, <c>length</c> or <c>cancelled</c>.</summary>
    public required string FinishReason { get; init; }

    /// <summary>Token counts.</summary>
    public required Usage Usage { get; init; }

    /// <summary>Milliseconds that each part took.</summary>
    public required Timings Timings { get; init; }

    /// <summary>Ids of the answer, when asked for.</summary>
    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>One entry per token, when asked for.</summary>
    public IReadOnlyList<TokenScores>? Logprobs { get; init; }

    /// <summary>Every choice with its score, when there were choices.</summary>
    public IReadOnlyList<ChoiceScore>? Choices { get; init; }
}

/// <summary>Token counts of a request.</summary>
/// <param name="PromptTokens">Prompt, visual tokens counted.</param>
/// <param name="CachedTokens">Those of them that needed no computation.</param>
/// <param name="CompletionTokens">Answer, the end mark counted.</param>
/// <param name="TotalTokens">Prompt and answer.</param>
/// <param name="Images">One entry per picture.</param>
/// <param name="MergedForLoad">True when the server chose fewer visual tokens because many requests waited, else null.</param>
public sealed record Usage(
    int PromptTokens, int CachedTokens, int CompletionTokens, int TotalTokens, IReadOnlyList<ImageUsage> Images, bool? MergedForLoad = null);

/// <summary>What a picture became.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="TokensFull">Visual tokens without merging.</param>
/// <param name="Tokens">Visual tokens that the language model saw.</param>
/// <param name="Method">Merging method.</param>
/// <param name="Profile">Merging profile, null without merging.</param>
/// <param name="Ratio">Share of tokens kept per application.</param>
/// <param name="Cached">Whether nothing had to be encoded.</param>
/// <param name="Options">Further options of the merging, null without any.</param>
public sealed record ImageUsage(
    int Width, int Height, int TokensFull, int Tokens, string Method, string? Profile, double Ratio, bool Cached, string? Options = null);

/// <summary>Milliseconds that each part took.</summary>
/// <param name="QueueMs">Waiting for a place in the batch.</param>
/// <param name="ImageMs">Decoding and resizing the pictures.</param>
/// <param name="EncodeMs">Vision tower and projector.</param>
/// <param name="PrefillMs">Prompt to first token.</param>
/// <param name="DecodeMs">First token to last.</param>
/// <param name="TotalMs">Whole request.</param>
/// <param name="TimeToFirstTokenMs">Until the first token.</param>
public sealed record Timings(
    double QueueMs, double ImageMs, double EncodeMs, double PrefillMs, double DecodeMs, double TotalMs, double TimeToFirstTokenMs);

/// <summary>A choice and the sum of its tokens' log-probabilities.</summary>
public sealed record ChoiceScore(string Text, double Logprob);

/// <summary>A step of a streamed answer.</summary>
/// <param name="Text">More text; empty in the last step.</param>
/// <param name="Answer">The whole answer, in the last step.</param>
public sealed record ChatStep(string Text, ChatAnswer? Answer);
