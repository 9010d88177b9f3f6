using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Api.Contracts;
using Vlm.Api.Contracts.Completions;
using Vlm.Api.Requests;
using Vlm.Core.Chat;
using Vlm.Core.Engine;

namespace Vlm.Api.Endpoints;

/// <summary>Answers of POST /v1/chat/completions: chunks, then <c>[DONE]</c>.</summary>
internal sealed class CompletionFormat(CompletionCommand command, string model, DateTimeOffset now, JsonSerializerOptions json)
    : IAnswerFormat
{
    private readonly long _created = now.ToUnixTimeSeconds();
    private readonly ChatResult?[] _results = new ChatResult?[command.Chat.Input.NumAnswers];
    private readonly int[] _numReported = new int[command.Chat.Input.NumAnswers]; // log-probabilities sent
    private readonly bool[] _hasBegun = new bool[command.Chat.Input.NumAnswers];

    public object Whole(IReadOnlyList<ChatResult> results) => new Completion
    {
        Id = command.Chat.Input.Id!,
        Created = _created,
        Model = model,
        Choices = [.. results.Select(Choice)],
        Usage = Usage(results),
    };

    public IEnumerable<SseItem<string>> Frames(ChatEvent happened)
    {
        int index = happened.Index;
        if (!_hasBegun[index])
        {
            _hasBegun[index] = true;
            yield return Chunk(index, new() { Role = "assistant", Content = "" });
        }

        if (happened is ChatEvent.Piece piece)
        {
            _numReported[index] += piece.Logprobs.Count;
            yield return Chunk(index, new() { Content = piece.Text }, Logprobs(piece.Logprobs));
        }
        else if (happened is ChatEvent.Done done)
        {
            _results[index] = done.Result;
            var rest = Logprobs([.. (done.Result.Logprobs ?? []).Skip(_numReported[index])]);
            yield return Chunk(index, new(), rest, Reason(done.Result));
            foreach (SseItem<string> last in Array.TrueForAll(_results, r => r is not null) ? End() : [])
            {
                yield return last;
            }
        }
    }

    public SseItem<string> Error(Problem problem) => new(JsonSerializer.Serialize(problem, problem.GetType(), json));

    private IEnumerable<SseItem<string>> End()
    {
        if (command.IncludesUsage)
        {
            yield return Chunk([], Usage(_results!));
        }

        yield return new("[DONE]");
    }

    private SseItem<string> Chunk(int index, CompletionDelta delta, CompletionLogprobs? logprobs = null, string? reason = null) =>
        Chunk([new() { Index = index, Delta = delta, Logprobs = logprobs, FinishReason = reason }], usage: null);

    private SseItem<string> Chunk(IReadOnlyList<CompletionChunkChoice> choices, CompletionUsage? usage)
    {
        CompletionChunk chunk = new()
        {
            Id = command.Chat.Input.Id!,
            Created = _created,
            Model = model,
            Choices = choices,
            Usage = usage,
        };
        JsonNode frame = JsonSerializer.SerializeToNode(chunk, json)!;
        if (command.IncludesUsage && usage is null)
        {
            frame["usage"] = null; // there, as OpenAI sends it
        }

        return new(frame.ToJsonString(json));
    }

    private CompletionChoice Choice(ChatResult result, int index) => new()
    {
        Index = index,
        Message = new(result.Answer),
        Logprobs = Logprobs(result.Logprobs ?? []),
        FinishReason = Reason(result),
    };

    private CompletionLogprobs? Logprobs(IReadOnlyList<TokenLogprobs> tokens) => command.ReturnsLogprobs
        ? new([.. tokens.Where(t => !t.Chosen.IsSpecial).Select(Describe)])
        : null;

    private CompletionToken Describe(TokenLogprobs token) => new(
        token.Chosen.Text,
        token.Chosen.Logprob,
        Bytes(token.Chosen),
        [.. token.Top.Take(command.NumTopLogprobs).Select(t => new CompletionAlternative(t.Text, t.Logprob, Bytes(t)))]);

    private static int[] Bytes(TokenLogprob token) => [.. token.Bytes.Select(b => (int)b)];

    // OpenAI's clients know no other word for an answer that was cut off.
    private static string Reason(ChatResult result) => result.FinishReason == FinishReason.Stop ? "stop" : "length";

    private static CompletionUsage Usage(IReadOnlyList<ChatResult> results)
    {
        ChatUsage first = results[0].Usage;
        int completion = results.Sum(r => r.Usage.CompletionTokens);
        return new(first.PromptTokens, completion, first.PromptTokens + completion, new(first.CachedTokens), first.Images, first.MergedForLoad);
    }
}
