using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using Vlm.Core.Engine;

namespace Vlm.Core.Chat;

/// <summary>Questions in, answers out: what both <c>POST /chat</c> and <c>./vlm chat</c> call.</summary>
public sealed class ChatService(IVlmEngine engine, ChatPreparer preparer)
{
    /// <summary>Answers one question.</summary>
    /// <param name="input">The question.</param>
    /// <param name="cancel">Ends the enumeration and frees the engine's place.</param>
    /// <returns>Pieces of text as they become certain, then the result.</returns>
    /// <exception cref="ChatInputException">It cannot be asked. Thrown by the first step of the enumeration, as the
    /// next two.</exception>
    /// <exception cref="QueueFullException">Too many requests run and wait.</exception>
    /// <exception cref="EngineUnavailableException">The engine is loading, draining or stopped.</exception>
    public async IAsyncEnumerable<ChatEvent> ChatAsync(
        ChatInput input, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var start = Stopwatch.GetTimestamp();
        using var places = Reserve(input.NumAnswers);
        var prepared = await preparer.PrepareAsync(input, cancel).ConfigureAwait(false);
        var answers = Enumerable.Range(0, input.NumAnswers).Select(
            i => AnswerAsync(new ChatAnswer(engine.Model.Name, input, prepared.ForAnswer(i), start), i, places, cancel));
        await foreach (var item in Interleaved.Of([.. answers], cancel).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    private Reservation Reserve(int numAnswers) => numAnswers <= engine.Load.MaxRequests
        ? engine.Reserve(numAnswers)
        : throw new ChatInputException(
            "n", $"n: expected at most {engine.Load.MaxRequests} answers, as many as run and wait at once, found {numAnswers}.");

    private async IAsyncEnumerable<ChatEvent> AnswerAsync(
        ChatAnswer answer, int index, Reservation places, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var item in engine.GenerateAsync(answer.Request, places, cancel).ConfigureAwait(false))
        {
            var text = answer.Take(item);
            if (text.Length > 0)
            {
                yield return new ChatEvent.Piece(text) { Index = index, Logprobs = answer.TakeLogprobs() };
            }
        }

        yield return new ChatEvent.Done(answer.Result()) { Index = index };
    }
}

/// <summary>Collects the events of one request into its result.</summary>
internal sealed class ChatAnswer(string model, ChatInput input, PreparedChat prepared, long start)
{
    private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    private readonly StringBuilder _text = new();
    private readonly List<GenerationEvent.Token> _tokens = [];
    private GenerationEvent.Started? _started;
    private GenerationEvent.Finished? _finished;
    private int _numReported;

    public GenerationRequest Request => prepared.Request;

    /// <summary>Takes an event and gives its text, which may be empty.</summary>
    public string Take(GenerationEvent item)
    {
        switch (item)
        {
            case GenerationEvent.Started started:
                _started = started;
                return "";
            case GenerationEvent.Token token:
                _tokens.Add(token);
                return Add(token.Text);
            case GenerationEvent.Finished finished:
                _finished = finished;
                return Add(finished.ChoiceLogprobs is { } scores ? input.Choices![Best(scores)] : finished.Text);
            case GenerationEvent.Failed { Error: RequestTooLargeException error }:
                throw new ChatInputException("choices", error.Message, error);
            case GenerationEvent.Failed failed:
                ExceptionDispatchInfo.Throw(failed.Error);
                return "";
            default:
                throw new InvalidOperationException($"Event: expected a known kind, found {item.GetType().Name}.");
        }
    }

    /// <summary>The log-probabilities that were not taken before.</summary>
    public IReadOnlyList<TokenLogprobs> TakeLogprobs()
    {
        if (input.Sampling.Logprobs == 0)
        {
            return [];
        }

        TokenLogprobs[] taken = [.. _tokens.Skip(_numReported).Select(token => token.Logprobs!)];
        _numReported = _tokens.Count;
        return taken;
    }

    /// <summary>The result after the last event.</summary>
    public ChatResult Result()
    {
        var (started, finished) = (_started, _finished) is ({ } first, { } last)
            ? (first, last)
            : throw new InvalidOperationException(
                $"Events of {prepared.Request.Id}: expected start and end, found the end missing.");
        var scores = finished.ChoiceLogprobs;
        var completion = scores is null
            ? [.. _tokens.Select(token => token.Id)]
            : prepared.Request.Choices![Best(scores)];
        return new ChatResult
        {
            Id = prepared.Request.Id,
            Created = _created,
            Model = model,
            Answer = _text.ToString(),
            FinishReason = finished.Reason,
            Usage = new ChatUsage(started.PromptTokens, started.CachedTokens, completion.Count, started.Images)
            {
                MergedForLoad = input.MergedForLoad ? true : null,
            },
            Timings = Timings(finished.Timings),
            TokenIds = input.ReturnTokenIds ? completion : null,
            Logprobs = input.Sampling.Logprobs > 0 && scores is null
                ? [.. _tokens.Select(token => token.Logprobs!)]
                : null,
            Choices = scores is null
                ? null
                : [.. input.Choices!.Zip(scores, (text, score) => new ChoiceScore(text, score))],
        };
    }

    private string Add(string text)
    {
        _text.Append(text);
        return text;
    }

    // The first of equals, so that the order of the request decides.
    private static int Best(IReadOnlyList<double> scores) => Enumerable.Range(0, scores.Count).MaxBy(i => scores[i]);

    private ChatTimings Timings(GenerationTimings engine) => new(
        engine.Queue.TotalMilliseconds,
        prepared.ImageTime.TotalMilliseconds,
        engine.Encode.TotalMilliseconds,
        engine.Prefill.TotalMilliseconds,
        engine.Decode.TotalMilliseconds,
        Stopwatch.GetElapsedTime(start).TotalMilliseconds,
        (prepared.ImageTime + engine.TimeToFirstToken).TotalMilliseconds)
    {
        TokenGaps = engine.TokenGaps,
    };
}
