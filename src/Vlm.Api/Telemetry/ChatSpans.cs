using System.Diagnostics;
using Vlm.Core.Chat;
using Vlm.Core.Engine;

namespace Vlm.Api.Telemetry;

/// <summary>The spans of an answer, made from its timings when it is complete: one with OpenTelemetry's names for generative AI, and inside
/// it receive, decode_images, queue, encode, prefill and decode. Counts and settings only, never what was asked or answered.</summary>
internal static class ChatSpans
{
    /// <summary>Name of the source, for whoever listens.</summary>
    public const string SourceName = "Vlm.Api";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly TimeSpan OneTick = TimeSpan.FromTicks(1);

    /// <summary>Makes the spans of an answer that is complete now, under the HTTP request's span.</summary>
    public static void Record(ChatResult result, ChatInput input)
    {
        if (!Source.HasListeners())
        {
            return;
        }

        DateTime end = DateTime.UtcNow;
        DateTime asked = end - TimeSpan.FromMilliseconds(result.Timings.TotalMs);
        DateTime received = Activity.Current?.StartTimeUtc ?? asked;
        using Activity? chat = Source.StartActivity(
            $"chat {result.Model}", ActivityKind.Internal, default(ActivityContext), Tags(result, input), startTime: received);
        if (chat is null)
        {
            return;
        }

        DateTime at = received;
        foreach ((string name, TimeSpan time) in Parts(result.Timings, asked - received))
        {
            using Activity? part = Source.StartActivity(name, ActivityKind.Internal, chat.Context, startTime: at);
            at += time + OneTick; // a span without length would end now
            part?.SetEndTime(at);
        }

        chat.SetEndTime(end);
    }

    private static IEnumerable<(string Name, TimeSpan Time)> Parts(ChatTimings timings, TimeSpan receive) =>
    [
        ("receive", receive),
        ("decode_images", TimeSpan.FromMilliseconds(timings.ImageMs)),
        ("queue", TimeSpan.FromMilliseconds(timings.QueueMs)),
        ("encode", TimeSpan.FromMilliseconds(timings.EncodeMs)),
        ("prefill", TimeSpan.FromMilliseconds(timings.PrefillMs)),
        ("decode", TimeSpan.FromMilliseconds(timings.DecodeMs)),
    ];

    private static IEnumerable<KeyValuePair<string, object?>> Tags(ChatResult result, ChatInput input) =>
    [
        new("gen_ai.operation.name", "chat"),
        new("gen_ai.provider.name", "vlm"),
        new("gen_ai.request.model", result.Model),
        new("gen_ai.request.max_tokens", input.Sampling.MaxTokens),
        new("gen_ai.request.temperature", input.Sampling.Temperature),
        new("gen_ai.request.top_p", input.Sampling.TopP),
        new("gen_ai.response.id", result.Id),
        new("gen_ai.response.model", result.Model),
        new("gen_ai.response.finish_reasons", new[] { Reason(result.FinishReason) }),
        new("gen_ai.usage.input_tokens", result.Usage.PromptTokens),
        new("gen_ai.usage.output_tokens", result.Usage.CompletionTokens),
        new("vlm.images", result.Usage.Images.Count),
        new("vlm.visual_tokens.in", result.Usage.Images.Sum(i => i.TokensFull)),
        new("vlm.visual_tokens.out", result.Usage.Images.Sum(i => i.Tokens)),
        new("vlm.merge.method", result.Usage.Images is [{ Method: var method }, ..] ? method : null),
    ];

    private static string Reason(FinishReason reason) => reason.ToString().ToLowerInvariant();
}
