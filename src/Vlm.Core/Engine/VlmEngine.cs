using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Serves one model from one thread that owns every tensor: weights, cache, pictures, steps. Requests come in
/// and tokens go out by bounded channels, so callers never touch libtorch and never wait for one another.</summary>
public sealed class VlmEngine : IVlmEngine
{
    // Any thread.
    private readonly ModelSource _source;
    private readonly EngineOptions _options;
    private readonly Channel<IArrival> _arrivals;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RequestPlaces _places;
    private long _stepSince; // when the step that runs now began, 0 between steps
    private volatile EngineStatus _status = EngineStatus.Loading;
    private volatile EngineLoad _load = new(0, 0, 0, 0, 0);
    private volatile bool _mustStop;
    private volatile Exception? _failure; // why the thread ended, when it should not have

    private VlmEngine(ModelSource source, EngineOptions options)
    {
        (_source, _options) = (source, options);
        _arrivals = Channel.CreateBounded<IArrival>(
            new BoundedChannelOptions(options.MaxRequests) { SingleReader = true });
        _places = new RequestPlaces(options.MaxRequests);
    }

    public ModelDescription Model => _source.Description;

    public EngineStatus Status => _status;

    public EngineLoad Load => _load with
    {
        Waiting = Math.Max(0, _places.NumTaken - _load.Running),
        MaxRequests = _options.MaxRequests,
        StepSince = Volatile.Read(ref _stepSince) is > 0 and var since ? since : null,
    };

    public Task Ready => _ready.Task;

    public Task Completion => _completion.Task;

    /// <summary>Starts the engine thread, which loads the model first; see <see cref="Ready"/>.</summary>
    /// <param name="source">The checkpoint; must stay open until the engine is disposed.</param>
    /// <param name="options">Valid options.</param>
    public static VlmEngine Start(ModelSource source, EngineOptions options)
    {
        var engine = new VlmEngine(source, options);
        new Thread(engine.Run) { Name = "vlm-engine", IsBackground = true }.Start();
        return engine;
    }

    public Reservation Reserve(int count = 1)
    {
        CheckReady();
        return _places.Take(count);
    }

    public IAsyncEnumerable<GenerationEvent> GenerateAsync(
        GenerationRequest request, Reservation? reserved = null, CancellationToken cancel = default)
    {
        var active = ActiveRequest.Create(request, Model, _source.Tokenizer, _options, cancel);
        active.Place = PlaceFrom(reserved);
        Submit(active, active.Place);
        return Read(active, cancel);
    }

    public Task<PreviewOutput> PreviewAsync(
        PixelValues pixels, MergeSpec merge, Reservation? reserved = null, CancellationToken cancel = default)
    {
        var place = PlaceFrom(reserved);
        var preview = new PreviewRequest(pixels, merge, cancel);
        Submit(preview, place);
        return ResultAsync(preview.Output, place, cancel);
    }

    public Task<EmbedOutput> EmbedAsync(
        PixelValues pixels, MergeSpec merge, string tenant = "", Reservation? reserved = null, CancellationToken cancel = default)
    {
        var place = PlaceFrom(reserved);
        var request = new EmbedRequest(pixels, new PictureKey(pixels.ContentKey, merge, tenant), cancel);
        Submit(request, place);
        return ResultAsync(request.Output, place, cancel);
    }

    public async Task DrainAsync(TimeSpan limit)
    {
        // Never back from Stopped, which the engine thread may set at any moment.
        var before = Interlocked.CompareExchange(ref _status, EngineStatus.Draining, EngineStatus.Loading);
        if (before == EngineStatus.Ready)
        {
            Interlocked.CompareExchange(ref _status, EngineStatus.Draining, EngineStatus.Ready);
        }

        _arrivals.Writer.TryComplete();
        await Task.WhenAny(_ended.Task, Task.Delay(limit)).ConfigureAwait(false);
        _mustStop = true;
        await _ended.Task.ConfigureAwait(false);
    }

    /// <summary>Stops after the current step; see <see cref="DrainAsync"/> for what becomes of requests.</summary>
    public async ValueTask DisposeAsync() => await DrainAsync(TimeSpan.Zero).ConfigureAwait(false);

    private IDisposable PlaceFrom(Reservation? reserved)
    {
        CheckReady();
        return (reserved ?? _places.Take()).Take();
    }

    private void Submit(IArrival arrival, IDisposable place)
    {
        if (!_arrivals.Writer.TryWrite(arrival))
        {
            place.Dispose();
            CheckReady(); // it began to drain just now
            throw new QueueFullException(_options.MaxRequests); // full of requests that nobody waits for any more
        }
    }

    private void CheckReady()
    {
        if (_status != EngineStatus.Ready)
        {
            throw new EngineUnavailableException(_status, _failure);
        }
    }

    private static async Task<T> ResultAsync<T>(Task<T> output, IDisposable place, CancellationToken cancel)
    {
        using (place)
        {
            return await output.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private static async IAsyncEnumerable<GenerationEvent> Read(
        ActiveRequest active, [EnumeratorCancellation] CancellationToken cancel)
    {
        try
        {
            await foreach (var item in active.Events.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                cancel.ThrowIfCancellationRequested();
                yield return item;
            }
        }
        finally
        {
            active.Abandon();
        }
    }

    // The engine thread, from here on.

    private void Run()
    {
        try
        {
            using var noGradients = inference_mode();
            using var model = _source.Load();
            using var core = new EngineCore(model, Model, _options);
            WarmUp(core);
            BecomeReady(core);
            Serve(core);
        }
        catch (Exception error)
        {
            _failure = error;
        }

        End();
    }

    private void BecomeReady(EngineCore core)
    {
        _load = core.Load;
        var before = Interlocked.CompareExchange(ref _status, EngineStatus.Ready, EngineStatus.Loading);
        if (before == EngineStatus.Loading)
        {
            _ready.TrySetResult();
        }
    }

    private void Serve(EngineCore core)
    {
        try
        {
            while (WaitForWork(core) && !_mustStop)
            {
                TakeArrivals(core);
                core.Admit();
                _load = core.Load; // before the step, which may take seconds
                Volatile.Write(ref _stepSince, Stopwatch.GetTimestamp());
                core.Step();
                Volatile.Write(ref _stepSince, 0);
                _load = core.Load;
            }
        }
        finally
        {
            core.StopAll();
            _load = core.Load;
        }
    }

    private bool WaitForWork(EngineCore core) =>
        core.HasWork || _arrivals.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();

    private void TakeArrivals(EngineCore core)
    {
        while (_arrivals.Reader.TryRead(out var arrival))
        {
            arrival.Enter(core);
        }
    }

    /// <summary>One small request with a picture, so that thread pools, kernels and allocators are set up before the
    /// first real one.</summary>
    private void WarmUp(EngineCore core)
    {
        if (!_options.WarmUp)
        {
            return;
        }

        var tokenizer = _source.Tokenizer;
        var merge = MergeSpec.Parse("pitome:0.9");
        var isRoomy = TokenMergers.VisualTokens(merge, Model.MergeShape) + 4 <= Model.ContextLength;
        var blank = new PixelValues(
            Model.ImageSize, new float[3 * Model.ImageSize * Model.ImageSize], Model.ImageSize, Model.ImageSize);
        var request = new GenerationRequest
        {
            Id = "warm-up",
            PromptIds = isRoomy
                ? [tokenizer.BosId, LlamaTokenizer.ImagePlaceholder, tokenizer.BosId]
                : [tokenizer.BosId],
            Images = isRoomy ? [blank] : [],
            Merge = merge,
            Sampling = new SamplingOptions { MaxTokens = 2 },
        };
        var active = ActiveRequest.Create(request, Model, tokenizer, _options, CancellationToken.None);
        core.Add(active);
        while (core.HasWork)
        {
            core.Admit();
            core.Step();
        }

        while (active.Events.TryRead(out var item))
        {
            if (item is GenerationEvent.Failed failed)
            {
                throw new InvalidOperationException($"Warm-up of {Model.Name}: {failed.Error.Message}", failed.Error);
            }
        }
    }

    private void End()
    {
        _status = EngineStatus.Stopped;
        _arrivals.Writer.TryComplete();
        while (_arrivals.Reader.TryRead(out var arrival))
        {
            arrival.Fail(new EngineUnavailableException(EngineStatus.Stopped, _failure));
        }

        _ready.TrySetException(_failure ?? new EngineUnavailableException(EngineStatus.Stopped));
        _ = _failure is { } failure ? _completion.TrySetException(failure) : _completion.TrySetResult();
        _ended.SetResult();
    }
}
