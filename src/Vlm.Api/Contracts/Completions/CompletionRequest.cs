using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Text;

namespace Vlm.Api.Contracts.Completions;

/// <summary>
/// A question in OpenAI's form, with <c>merge</c>, <c>template</c> and <c>image_geometry</c> as further fields. Unknown fields are
/// ignored; known ones that this server cannot honour are refused.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record CompletionRequest
{
    /// <summary>Largest value of <see cref="N"/>.</summary>
    public const int MaxAnswers = 16;

    /// <summary>Answers are at most this long where neither max_completion_tokens nor max_tokens is given.</summary>
    public const int DefaultMaxTokens = 1024;

    /// <summary>Largest value of <see cref="LogitBias"/>, and with a sign the smallest.</summary>
    public const int MaxBias = 100;

    /// <summary>Model to answer; the loaded one when absent. Another name is refused with 404.</summary>
    public string? Model { get; init; }

    /// <summary>The conversation: at most one system or developer message, in front, or empty ones, which are as none; a user message at
    /// the end.</summary>
    public required IReadOnlyList<CompletionMessage> Messages { get; init; }

    /// <summary>Largest number of tokens to generate; when absent what the context leaves, at most 1024.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxCompletionTokens { get; init; }

    /// <summary>Older name of <c>max_completion_tokens</c>, which wins where both are given.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxTokens { get; init; }

    /// <summary>0 takes the most likely token every time; above, logits are divided by it before sampling.</summary>
    [Range(0.0, 2.0)]
    [DefaultValue(1.0)]
    public double Temperature { get; init; } = 1;

    /// <summary>Samples from the smallest set of tokens whose probabilities sum to this share.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [DefaultValue(1.0)]
    public double TopP { get; init; } = 1;

    /// <summary>Samples from this many most likely tokens; 0 for all. Not of OpenAI.</summary>
    [Range(0, int.MaxValue)]
    [DefaultValue(0)]
    public int TopK { get; init; }

    /// <summary>Number of answers. With a seed, answer i is that of seed + i alone.</summary>
    [Range(1, MaxAnswers)]
    [DefaultValue(1)]
    public int N { get; init; } = 1;

    /// <summary>Seed of the sampling, any whole number of 64 bits: the same seed gives the same answer.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Text, or up to 4 texts, that end the answer; they are not part of it.</summary>
    public TextOr<IReadOnlyList<string>>? Stop { get; init; }

    /// <summary>Send the answer piece by piece as server-sent events.</summary>
    [DefaultValue(false)]
    public bool Stream { get; init; }

    /// <summary>Settings of the stream.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>Return the log-probability of every token.</summary>
    [DefaultValue(false)]
    public bool Logprobs { get; init; }

    /// <summary>Number of most likely alternatives to return per token; needs <c>logprobs</c>.</summary>
    [Range(0, SamplingOptions.MaxLogprobs)]
    [DefaultValue(0)]
    public int TopLogprobs { get; init; }

    /// <summary>Form of the answer: text, any JSON object, or JSON of a schema.</summary>
    public ResponseFormat? ResponseFormat { get; init; }

    /// <summary>Merging of visual tokens, as in POST /chat. Not of OpenAI.</summary>
    public TextOr<MergeChoice>? Merge { get; init; }

    /// <summary>Prompt template; <c>auto</c> takes the checkpoint's own. Not of OpenAI.</summary>
    [DefaultValue(TemplateName.Auto)]
    public TemplateName Template { get; init; }

    /// <summary>How a picture becomes square; <c>auto</c> as the checkpoint's configuration says. Not of OpenAI.</summary>
    [DefaultValue(ImageGeometry.Auto)]
    public ImageGeometry ImageGeometry { get; init; }

    /// <summary>Taken from the logit of a token for each time it stands in the answer so far.</summary>
    [Range(-2.0, 2.0)]
    [DefaultValue(0.0)]
    public double FrequencyPenalty { get; init; }

    /// <summary>Taken once from the logit of every token that stands in the answer so far.</summary>
    [Range(-2.0, 2.0)]
    [DefaultValue(0.0)]
    public double PresencePenalty { get; init; }

    /// <summary>Forms of the output: text alone is possible.</summary>
    public IReadOnlyList<CompletionModality>? Modalities { get; init; }

    /// <summary>The model calls no tools: some may only be given where <c>tool_choice</c> is <c>none</c>, and are ignored then.</summary>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>What to do about tools; <c>none</c> ignores them.</summary>
    public JsonElement? ToolChoice { get; init; }

    /// <summary>Older name of <c>tools</c>: some may only be given where <c>function_call</c> is <c>none</c>.</summary>
    public IReadOnlyList<JsonElement>? Functions { get; init; }

    /// <summary>Older name of <c>tool_choice</c>.</summary>
    public JsonElement? FunctionCall { get; init; }

    /// <summary>Added to the logits of these token ids, from -100 to 100 each.</summary>
    public IReadOnlyDictionary<string, double>? LogitBias { get; init; }
}

/// <summary>A form of the output.</summary>
public enum CompletionModality
{
    /// <summary>Text.</summary>
    Text,
}

/// <summary>Settings of a stream.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record StreamOptions
{
    /// <summary>Send a last chunk with the token counts and no choice.</summary>
    [DefaultValue(false)]
    public bool IncludeUsage { get; init; }
}
