using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Vlm.Core.Engine;

namespace Vlm.Api.Contracts.Completions;

/// <summary>Answers in OpenAI's form.</summary>
public sealed record Completion
{
    /// <summary><c>chatcmpl-</c> and 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>chat.completion</c>.</summary>
    [JsonPropertyName("object")]
    [AllowedValues("chat.completion")]
    public string Kind { get; } = "chat.completion";

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>The answers by index.</summary>
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    /// <summary>Token counts of all answers together.</summary>
    public required CompletionUsage Usage { get; init; }
}

/// <summary>One answer.</summary>
public sealed record CompletionChoice
{
    /// <summary>From 0 to n - 1.</summary>
    public required int Index { get; init; }

    /// <summary>The answer.</summary>
    public required CompletionAnswer Message { get; init; }

    /// <summary>One entry per token of the text, when asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CompletionLogprobs? Logprobs { get; init; }

    /// <summary><c>stop</c>; <c>length</c> when a limit or the end of the server cut the answer off.</summary>
    [AllowedValues("stop", "length")]
    public required string FinishReason { get; init; }
}

/// <summary>What the model says.</summary>
/// <param name="Content">The text without white space at either end.</param>
public sealed record CompletionAnswer(string Content)
{
    /// <summary>Always <c>assistant</c>.</summary>
    [AllowedValues("assistant")]
    public string Role { get; } = "assistant";

    /// <summary>Always null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Refusal { get; }
}

/// <summary>Token counts.</summary>
/// <param name="PromptTokens">Prompt, visual tokens counted.</param>
/// <param name="CompletionTokens">All answers, end marks counted.</param>
/// <param name="TotalTokens">Both.</param>
/// <param name="PromptTokensDetails">What of the prompt needed no computation.</param>
/// <param name="Images">One entry per picture; not of OpenAI.</param>
/// <param name="MergedForLoad">True when the server chose fewer visual tokens because many requests waited, else absent; not of
/// OpenAI.</param>
public sealed record CompletionUsage(
    int PromptTokens,
    int CompletionTokens,
    int TotalTokens,
    PromptTokensDetails PromptTokensDetails,
    IReadOnlyList<ImageUsage> Images,
    bool? MergedForLoad = null);

/// <summary>Parts of a prompt.</summary>
/// <param name="CachedTokens">Tokens that needed no computation.</param>
public sealed record PromptTokensDetails(int CachedTokens);

/// <summary>Log-probabilities of an answer.</summary>
/// <param name="Content">One entry per token of the text.</param>
public sealed record CompletionLogprobs(IReadOnlyList<CompletionToken> Content)
{
    /// <summary>Always null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<CompletionToken>? Refusal { get; }
}

/// <summary>A token with its alternatives.</summary>
/// <param name="Token">The token alone.</param>
/// <param name="Logprob">Natural logarithm of its probability under the full softmax.</param>
/// <param name="Bytes">Its bytes, maybe a part of a character.</param>
/// <param name="TopLogprobs">The most likely tokens at its place, best first.</param>
public sealed record CompletionToken(
    string Token, double Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<CompletionAlternative> TopLogprobs);

/// <summary>A token that could have been.</summary>
/// <param name="Token">The token alone.</param>
/// <param name="Logprob">Natural logarithm of its probability under the full softmax.</param>
/// <param name="Bytes">Its bytes, maybe a part of a character.</param>
public sealed record CompletionAlternative(string Token, double Logprob, IReadOnlyList<int> Bytes);
