using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading.Channels;
using Vlm.Core.Engine.Constraints;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Core.Engine;

/// <summary>A request inside the engine: its sequences, its answer so far and the way back to its reader. Made by the
/// caller, then only touched by the engine thread, but for the channel's reading end and <see
/// cref="Abandon"/>.</summary>
internal sealed class ActiveRequest : IArrival
{
    private readonly GenerationRequest _request;
    private readonly LlamaTokenizer _tokenizer;
    private readonly StreamingDetokenizer _detokenizer;
    private readonly AnswerText _answer;
    private readonly Channel<GenerationEvent> _events;
    private readonly CancellationToken _cancel;
    private readonly RequestClock _clock = new();
    private readonly ImageUsage[] _images;
    private readonly double[] _scores;
    private readonly ulong _seed;
    private readonly TokenConstraint? _constraint;
    private readonly LogitShifts? _shifts;
    private int _numGenerated;
    private volatile bool _isAbandoned;

    private ActiveRequest(
        GenerationRequest request,
        SequenceGroup group,
        ImageUsage[] images,
        LlamaTokenizer tokenizer,
        CancellationToken cancel)
    {
        (_request, Group, _images, _tokenizer, _cancel) = (request, group, images, tokenizer, cancel);
        _detokenizer = new StreamingDetokenizer(tokenizer);
        _answer = new AnswerText(request.Sampling.Stop);
        _constraint = request.Grammar is { } grammar ? new(grammar, tokenizer.Trie, tokenizer.EosId) : null;
        _shifts = LogitShifts.Of(request.Sampling);
        _scores = new double[request.Choices?.Count ?? 0];
        _seed = request.Sampling.Seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

        // Room for every event that the request can have: the engine never waits for a reader, and a reader that never
        // comes costs no more.
        _events = Channel.CreateBounded<GenerationEvent>(
            new BoundedChannelOptions(request.Sampling.MaxTokens + 2) { SingleWriter = true });
    }

    public SequenceGroup Group { get; }

    /// <summary>Its place among the engine's requests, given back when it ends and before its reader knows.</summary>
    public IDisposable? Place { get; set; }

    public RequestClock Clock => _clock;

    public ChannelReader<GenerationEvent> Events => _events.Reader;

    /// <summary>Whether nobody waits for the answer any more.</summary>
    public bool IsCancelled => _isAbandoned || _cancel.IsCancellationRequested;

    /// <summary>Whether its prompt still needs the pictures.</summary>
    public bool HoldsPictures { get; private set; }

    /// <summary>Whether the last event has been written.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Checks a request against the model and lays out its sequences.</summary>
    /// <exception cref="ArgumentException">It is malformed or does not fit the context.</exception>
    public static ActiveRequest Create(
        GenerationRequest request,
        ModelDescription model,
        LlamaTokenizer tokenizer,
        EngineOptions options,
        CancellationToken cancel)
    {
        RequestCheck.Values(request, model);
        var visualTokens = TokenMergers.VisualTokens(request.Merge, model.MergeShape);
        PictureKey[] keys = [
            .. request.Images.Select(image => new PictureKey(image.ContentKey, request.Merge, request.Tenant))];
        var layout = PromptLayout.Create(request.PromptIds, LlamaTokenizer.ImagePlaceholder, keys, visualTokens);
        RequestCheck.Context(layout.Tokens.Count, request, model);
        var group = Lay(request, layout, options);
        var images = request.Images.Select(
            image => ImageUsage.Of(image, request.Merge, model.TokensFull, visualTokens));
        return new ActiveRequest(request, group, [.. images], tokenizer, cancel);
    }

    public void Enter(EngineCore core) => core.Add(this);

    private static SequenceGroup Lay(GenerationRequest request, PromptLayout prompt, EngineOptions options)
    {
        var contents = options.PrefixCache ? BlockContents.Of(prompt, options.BlockSize, request.Tenant) : [];
        var group = request.Choices is { } choices
            ? SequenceGroup.ForChoices(prompt, choices, options.BlockSize, contents)
            : SequenceGroup.ForAnswer(prompt, request.Sampling.MaxTokens, contents);
        (group.Priority, group.Tenant) = (request.Priority, request.Tenant);
        return group;
    }

    /// <summary>The reader went away.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Asks for the pictures and tells the reader that work begins.</summary>
    public void Begin(PictureEncoder pictures)
    {
        _clock.Admitted = Stopwatch.GetTimestamp();
        HoldsPictures = true;
        var numSeen = Group.Prompt.Pictures.Count - Group.NeededPictures.Count(); // their keys and values are cached
        for (var i = 0; i < _images.Length; i++)
        {
            var isCached = i < numSeen || pictures.Acquire(Group.Prompt.Pictures[i].Key, _request.Images[i]);
            _images[i] = _images[i] with { Cached = isCached };
        }

        Write(new GenerationEvent.Started(_images, Group.Prompt.Tokens.Count, Group.NumCachedTokens));
    }

    /// <summary>Lets go of the pictures, which the cache holds by now or nobody needs any more. May be called
    /// again.</summary>
    public void ReleasePictures(PictureEncoder pictures)
    {
        foreach (var span in HoldsPictures ? Group.NeededPictures : [])
        {
            pictures.Release(span.Key);
        }

        HoldsPictures = false;
    }

    /// <summary>What the sampler needs for the next token.</summary>
    public SampleRow NextRow() => new(
        _request.Sampling,
        _seed,
        _numGenerated,
        _constraint?.Allowed(_request.Sampling.MaxTokens - _numGenerated),
        _shifts?.Values);

    /// <summary>Takes a generated token; the answer may be complete then.</summary>
    public void Accept(Sequence sequence, SampledToken token)
    {
        _clock.MarkToken();
        _numGenerated++;
        sequence.Append(token.Id);
        _constraint?.Accept(token.Id);
        _shifts?.Accept(token.Id);
        Write(new GenerationEvent.Token(token.Id, _answer.Append(_detokenizer.Append(token.Id)), Describe(token)));
        if (token.Id == _tokenizer.EosId || _answer.IsStopped)
        {
            Finish(FinishReason.Stop);
        }
        else if (_numGenerated == _request.Sampling.MaxTokens)
        {
            Finish(FinishReason.Length);
        }
    }

    /// <summary>Takes the log-probability of one token of a choice.</summary>
    public void Accept(Sequence sequence, double logprob)
    {
        // Choices are the last sequences of the group, behind a prefix where there is one.
        var choice = Group.Sequences.Count - _scores.Length;
        while (Group.Sequences[choice] != sequence)
        {
            choice++;
        }

        _scores[choice - (Group.Sequences.Count - _scores.Length)] += logprob;
    }

    /// <summary>Ends a choice request whose last sequence has run.</summary>
    public void FinishIfScored()
    {
        if (_scores.Length > 0 && Group.Sequences.All(sequence => sequence.Remaining == 0))
        {
            _clock.MarkToken();
            Finish(FinishReason.Stop);
        }
    }

    /// <summary>Ends a request of an engine that stops: with what there is of the answer, or with an error when there is
    /// nothing.</summary>
    public void Stop()
    {
        if (_numGenerated > 0)
        {
            Finish(FinishReason.Cancelled);
        }
        else
        {
            Fail(new EngineUnavailableException(EngineStatus.Stopped));
        }
    }

    /// <summary>Ends the request with an error, unless it has ended.</summary>
    public void Fail(Exception error) => End(new GenerationEvent.Failed(error));

    private void Finish(FinishReason reason)
    {
        var rest = _answer.Flush(_detokenizer.Flush());
        reason = reason == FinishReason.Length && _answer.IsStopped ? FinishReason.Stop : reason;
        End(new GenerationEvent.Finished(reason, rest, _clock.Timings, _scores.Length > 0 ? [.. _scores] : null));
    }

    private void End(GenerationEvent last)
    {
        if (!IsFinished)
        {
            IsFinished = true;
            Place?.Dispose();
            Write(last);
            _events.Writer.Complete();
        }
    }

    private void Write(GenerationEvent item)
    {
        if (!_events.Writer.TryWrite(item))
        {
            throw new InvalidOperationException(
                $"Events of request {_request.Id}: expected room for {_request.Sampling.MaxTokens + 2}, found none.");
        }
    }

    private TokenLogprobs? Describe(SampledToken token) => _request.Sampling.Logprobs == 0
        ? null
        : new TokenLogprobs(
            Describe(token.Id, token.Logprob), [.. token.Top.Select(top => Describe(top.Id, top.Logprob))]);

    private TokenLogprob Describe(int id, double logprob) =>
        new(id, _tokenizer.Piece(id).Replace('\u2581', ' '), logprob)
        {
            Bytes = _tokenizer.PieceBytes(id),
            IsSpecial = _tokenizer.IsSpecial(id),
        };
}
