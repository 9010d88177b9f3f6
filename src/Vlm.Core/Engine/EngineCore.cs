using Vlm.Core.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>The engine without its thread: owns the model's cache and every tensor of every request. One thread makes
/// and uses it.</summary>
internal sealed class EngineCore : IDisposable
{
    private readonly KvCache _cache;
    private readonly BlockAllocator _blocks;
    private readonly Scheduler _scheduler;
    private readonly StepPlanner _planner;
    private readonly PictureEncoder _pictures;
    private readonly ModelRunner _runner;
    private readonly Dictionary<SequenceGroup, ActiveRequest> _requests = [];
    private readonly List<PreviewRequest> _previews = [];
    private readonly EmbedQueue _embeds;
    private readonly Llava _model;
    private long _steps;
    private long _promptTokens;
    private long _cachedPromptTokens;

    /// <param name="model">Stays the caller's.</param>
    /// <param name="description">Names the context length and the vocabulary.</param>
    /// <param name="options">Limits.</param>
    public EngineCore(Llava model, ModelDescription description, EngineOptions options)
    {
        _model = model;
        var text = model.Config.Text;
        var numBlocks = options.NumBlocks(
            description.ContextLength, KvCache.BytesPerBlock(text, options.BlockSize, model.CacheDType));
        _cache = new KvCache(text, numBlocks, options.BlockSize, model.CacheDType, model.Device);
        _blocks = new BlockAllocator(numBlocks);
        _scheduler = new Scheduler(options.MaxBatchSize, options.MaxStepTokens, options.BlockSize, _blocks);
        _planner = new StepPlanner(
            options.MaxStepTokens, options.MaxEncodeBatch, TimeSpan.FromMilliseconds(options.MaxStallMilliseconds), TimeProvider.System);
        _pictures = new PictureEncoder(model, options.ImageCacheBytes);
        _embeds = new EmbedQueue(_pictures, options.MaxEncodeBatch);
        _runner = new ModelRunner(
            model.Language,
            new PromptEmbedder(model.Language, _pictures, model.Device),
            new Sampler(description.VocabSize),
            _cache,
            model.Device);
    }

    public bool HasWork => _scheduler.HasWork || _previews.Count + _embeds.Count > 0;

    /// <summary>Counts as of now.</summary>
    public EngineLoad Load =>
        new(_scheduler.NumWaiting + _previews.Count + _embeds.Count, _scheduler.NumRunning, _blocks.NumFree, _blocks.NumBlocks, _steps)
        {
            PromptTokens = _promptTokens,
            CachedPromptTokens = _cachedPromptTokens,
            Pictures = _pictures.Counts.Asked,
            CachedPictures = _pictures.Counts.Found,
            ImageCacheBytes = _pictures.UnusedBytes,
        };

    /// <summary>Puts a request into the queue; one that can never fit fails at once.</summary>
    public void Add(ActiveRequest request)
    {
        try
        {
            _scheduler.Add(request.Group);
            _requests.Add(request.Group, request);
        }
        catch (ArgumentException error)
        {
            request.Fail(error);
        }
    }

    /// <summary>Puts a preview into its queue.</summary>
    public void Add(PreviewRequest request) => _previews.Add(request);

    /// <summary>Puts a picture to embed into its queue.</summary>
    public void Add(EmbedRequest request) => _embeds.Add(request);

    /// <summary>Drops whom nobody waits for and lets in whom there is room for.</summary>
    public void Admit()
    {
        DropCancelled();
        foreach (var group in _scheduler.Admit())
        {
            _promptTokens += group.Prompt.Tokens.Count;
            _cachedPromptTokens += group.NumCachedTokens;
            _requests[group].Begin(_pictures);
            group.PicturesReady = AllEncoded(group);
        }

        _embeds.Admit();
    }

    /// <summary>One turn of those who are in: what they see, what comes next.</summary>
    public void Step()
    {
        using var scope = NewDisposeScope();
        _planner.Begin(_scheduler.HasAnswers);
        EncodePictures();
        _embeds.Complete();
        RunPreview();
        RunModel(_scheduler.Schedule(_planner.PromptTokens));
        _steps++;
    }

    /// <summary>Ends every request: the engine has stopped.</summary>
    public void StopAll()
    {
        var requests = _requests.Values.ToList();
        requests.ForEach(request => request.Stop()); // every reader first, whatever becomes of the blocks
        requests.ForEach(Remove);
        _embeds.StopAll(new EngineUnavailableException(EngineStatus.Stopped));
        _previews.ForEach(preview => preview.Fail(new EngineUnavailableException(EngineStatus.Stopped)));
        _previews.Clear();
    }

    public void Dispose()
    {
        _pictures.Dispose();
        _cache.Dispose();
    }

    private void DropCancelled()
    {
        foreach (var request in _requests.Values.Where(request => request.IsCancelled).ToList())
        {
            request.Fail(new OperationCanceledException());
            Remove(request);
        }

        _previews.RemoveAll(preview => preview.EndIfCancelled());
        _embeds.DropCancelled();
    }

    private void EncodePictures()
    {
        var batch = _pictures.NextBatch(_planner.Pictures);
        if (batch.Count == 0)
        {
            return;
        }

        var users = _requests.Values.Where(request => request.HoldsPictures && Shows(request.Group, batch)).ToList();
        var failure = Guard(users, () =>
        {
            var elapsed = _planner.Encode(batch.Count, () => _pictures.Encode(batch));
            foreach (var request in users)
            {
                request.Clock.Encode += elapsed;
                request.Group.PicturesReady = AllEncoded(request.Group);
            }
        });
        if (failure is not null)
        {
            _embeds.Fail(batch, failure);
        }
    }

    // One per step, so that answers in progress wait for one picture at most.
    private void RunPreview()
    {
        if (_previews.Count > 0)
        {
            var request = _previews[0];
            _previews.RemoveAt(0);
            request.Run(_model);
        }
    }

    private void RunModel(IReadOnlyList<Chunk> chunks)
    {
        if (chunks.Count == 0)
        {
            return;
        }

        var requests = chunks.Select(chunk => _requests[chunk.Sequence.Group]).Distinct().ToList();
        Guard(requests, () =>
        {
            var sampled = chunks.Where(chunk => chunk.NeedsToken);
            SampleRow[] samples = [.. sampled.Select(chunk => _requests[chunk.Sequence.Group].NextRow())];
            var numPromptTokens = chunks.Where(chunk => !chunk.Sequence.IsDecode).Sum(chunk => chunk.Count);
            _planner.Run(numPromptTokens, () => PostProcess(chunks, _runner.Run(chunks, samples)));
        });
        foreach (var request in requests.Where(request => request.IsFinished))
        {
            Remove(request);
        }
    }

    private void PostProcess(IReadOnlyList<Chunk> chunks, StepOutput output)
    {
        _scheduler.Note(chunks);
        var (nextToken, nextScore) = (0, 0);
        foreach (var chunk in chunks)
        {
            var request = _requests[chunk.Sequence.Group];
            if (chunk.NeedsToken)
            {
                request.Accept(chunk.Sequence, output.Tokens[nextToken++]);
                request.ReleasePictures(_pictures); // the whole prompt is cached now
            }

            foreach (var _ in chunk.ScoredPositions)
            {
                request.Accept(chunk.Sequence, output.Scores[nextScore++]);
            }
        }

        foreach (var chunk in chunks)
        {
            _requests[chunk.Sequence.Group].FinishIfScored(); // only now: choices of one request are chunks of one step
        }
    }

    /// <summary>An error ends the requests that the work was for, and nothing else, unless the device is lost.</summary>
    private Exception? Guard(IReadOnlyList<ActiveRequest> requests, Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (Exception error)
        {
            foreach (var request in requests)
            {
                request.Fail(error);
                Remove(request);
            }

            if (DeviceLoss.Is(error))
            {
                throw;
            }

            return error;
        }
    }

    private void Remove(ActiveRequest request)
    {
        if (_requests.Remove(request.Group))
        {
            _scheduler.Remove(request.Group);
            request.ReleasePictures(_pictures);
        }
    }

    private bool AllEncoded(SequenceGroup group) => group.NeededPictures.All(span => _pictures.IsEncoded(span.Key));

    private static bool Shows(SequenceGroup group, IReadOnlyList<PictureKey> keys) =>
        group.NeededPictures.Any(span => keys.Contains(span.Key));
}
