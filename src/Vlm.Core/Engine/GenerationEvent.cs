using System.Text.Json.Serialization;
using Vlm.Core.Imaging;
using Vlm.Merge;

namespace Vlm.Core.Engine;

/// <summary>What a request's reader sees: <see cref="Started"/>, any number of <see cref="Token"/>, then <see
/// cref="Finished"/> or <see cref="Failed"/>.</summary>
public abstract record GenerationEvent
{
    private GenerationEvent()
    {
    }

    /// <summary>The request holds a place in the batch and in the cache.</summary>
    /// <param name="Images">One entry per picture.</param>
    /// <param name="PromptTokens">Tokens of the prompt, visual tokens counted.</param>
    /// <param name="CachedTokens">Those of them whose keys and values were cached.</param>
    public sealed record Started(IReadOnlyList<ImageUsage> Images, int PromptTokens, int CachedTokens = 0)
        : GenerationEvent;

    /// <summary>One more token.</summary>
    /// <param name="Id">Its id; the end mark is reported, too.</param>
    /// <param name="Text">Text that is now certain; may be empty. All texts of a request joined are the answer,
    /// trimmed.</param>
    /// <param name="Logprobs">Present when asked for.</param>
    public sealed record Token(int Id, string Text, TokenLogprobs? Logprobs) : GenerationEvent;

    /// <summary>The answer is complete.</summary>
    /// <param name="Reason">Why it ended.</param>
    /// <param name="Text">The last piece, held back until now; may be empty.</param>
    /// <param name="Timings">Where the time went.</param>
    /// <param name="ChoiceLogprobs">Total log-probability of each choice, when there were choices.</param>
    public sealed record Finished(
        FinishReason Reason, string Text, GenerationTimings Timings, IReadOnlyList<double>? ChoiceLogprobs = null)
        : GenerationEvent;

    /// <summary>The request ended without an answer; the engine goes on.</summary>
    /// <param name="Error">The cause.</param>
    public sealed record Failed(Exception Error) : GenerationEvent;
}

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The end mark, a stop text, or the last choice was scored.</summary>
    Stop,

    /// <summary><see cref="SamplingOptions.MaxTokens"/> reached.</summary>
    Length,

    /// <summary>The engine was stopped before the answer was complete; what there was of it has been sent.</summary>
    Cancelled,
}

/// <summary>What a picture became.</summary>
/// <param name="Width">Pixels of the decoded picture.</param>
/// <param name="Height">Pixels of the decoded picture.</param>
/// <param name="TokensFull">Visual tokens without merging.</param>
/// <param name="Tokens">Visual tokens that the language model sees.</param>
/// <param name="Method">Merging method.</param>
/// <param name="Profile">Merging profile, null without merging.</param>
/// <param name="Ratio">Share of tokens kept per application, 1 without merging or where the option r counts instead.</param>
/// <param name="Cached">Whether nothing had to be encoded: the features, or the keys and values, were cached.</param>
/// <param name="Options">What the request chose beyond that, as a merge spec writes it; absent when nothing.</param>
public sealed record ImageUsage(
    int Width,
    int Height,
    int TokensFull,
    int Tokens,
    string Method,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Profile,
    double Ratio,
    bool Cached,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Options = null)
{
    /// <summary>A picture that is encoded anew.</summary>
    public static ImageUsage Of(PixelValues image, MergeSpec merge, int tokensFull, int tokens) => new(
        image.SourceWidth, image.SourceHeight, tokensFull, tokens,
        merge.Method, merge.IsNone ? null : merge.Profile, merge.Ratio, Cached: false, merge.Settings.ToText());
}

/// <summary>A token and its log-probability under the full softmax of the unscaled logits.</summary>
/// <param name="Id">Token id.</param>
/// <param name="Text">The token alone, a lone <c>▁</c> mark as a space.</param>
/// <param name="Logprob">Natural logarithm.</param>
public sealed record TokenLogprob(int Id, string Text, double Logprob)
{
    /// <summary>The bytes that the token stands for, maybe a part of a character.</summary>
    [JsonIgnore]
    public IReadOnlyList<byte> Bytes { get; init; } = [];

    /// <summary>Whether the token has no text of its own, as the end mark.</summary>
    [JsonIgnore]
    public bool IsSpecial { get; init; }

    /// <summary>The id decides the rest.</summary>
    public bool Equals(TokenLogprob? other) => other is not null && (Id, Logprob) == (other.Id, other.Logprob);

    public override int GetHashCode() => HashCode.Combine(Id, Logprob);
}

/// <summary>The chosen token and the most probable ones at its place, best first.</summary>
/// <param name="Chosen">It may be missing from <paramref name="Top"/>.</param>
/// <param name="Top">As many as were asked for.</param>
public sealed record TokenLogprobs(TokenLogprob Chosen, IReadOnlyList<TokenLogprob> Top);

/// <summary>Where a request's time in the engine went, in the order of the parts.</summary>
/// <param name="Queue">From submission to admission.</param>
/// <param name="Encode">The encoder batches that held its pictures.</param>
/// <param name="Prefill">From admission to the first token (or the scores), without <paramref name="Encode"/>.</param>
/// <param name="Decode">From the first token to the last.</param>
public sealed record GenerationTimings(TimeSpan Queue, TimeSpan Encode, TimeSpan Prefill, TimeSpan Decode)
{
    /// <summary>From submission to the first token.</summary>
    public TimeSpan TimeToFirstToken => Queue + Encode + Prefill;

    /// <summary>From each token to its next.</summary>
    public IReadOnlyList<TimeSpan> TokenGaps { get; init; } = [];
}
