using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Testing;

/// <summary>An engine without a model: it says what its script says, when the test lets it.</summary>
public sealed class FakeEngine : IVlmEngine
{
    private readonly ConcurrentQueue<GenerationRequest> _requests = [];
    private int _numRunning;
    private int _numReserved;

    /// <summary>Pieces of every answer, one token each; ids count from 100.</summary>
    public IReadOnlyList<string> Script { get; set; } = ["red", " car"];

    /// <summary>How every answer ends.</summary>
    public FinishReason Reason { get; set; } = FinishReason.Stop;

    /// <summary>Score of every choice, first to last; used when the request has choices.</summary>
    public IReadOnlyList<double> ChoiceLogprobs { get; set; } = [-0.1, -2.5];

    /// <summary>Thrown by <see cref="GenerateAsync"/> itself, e.g. a <see cref="QueueFullException"/>.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Ends every answer after <see cref="FailAfter"/> tokens.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Tokens before <see cref="Failure"/>; 0 fails before the first.</summary>
    public int FailAfter { get; set; }

    /// <summary>When set, every token behind the first waits for it; complete it to let answers go on.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Completed when a reader went away before the end of its answer.</summary>
    public TaskCompletionSource Abandoned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All requests that were taken, oldest first.</summary>
    public IReadOnlyCollection<GenerationRequest> Requests => _requests;

    /// <summary>How often <see cref="DrainAsync"/> was called.</summary>
    public int NumDrains { get; private set; }

    public ModelDescription Model { get; set; } = new()
    {
        Name = "fake",
        ContextLength = 4096,
        ImageSize = 336,
        MergeShape = new MergeShape(NumPatches: 576, NumLayers: 24, FeatureLayer: 23, Heads: 16),
        Template = TemplateName.Hf,
        Geometry = ImageGeometry.Crop,
        VocabSize = 32000,
        DType = "float32",
        Device = "cpu",
    };

    public EngineStatus Status { get; set; } = EngineStatus.Ready;

    public EngineLoad Load => new(0, Volatile.Read(ref _numRunning), 100, 100, 0) { MaxRequests = MaxRequests };

    /// <summary>Places for requests; told, not kept.</summary>
    public int MaxRequests { get; set; } = int.MaxValue;

    public Task Ready { get; set; } = Task.CompletedTask;

    public Task Completion { get; set; } = new TaskCompletionSource().Task;

    /// <summary>Places that were reserved, for requests in preparation or handed in, and not given back.</summary>
    public int NumReserved => Volatile.Read(ref _numReserved);

    /// <summary><see cref="NumReserved"/> when the latest request or picture was handed in.</summary>
    public int NumReservedThen { get; private set; }

    public Reservation Reserve(int count = 1)
    {
        if (Status != EngineStatus.Ready)
        {
            throw new EngineUnavailableException(Status);
        }

        Interlocked.Add(ref _numReserved, count);
        return new(Enumerable.Range(0, count).Select(_ => new Place(this)));
    }

    public IAsyncEnumerable<GenerationEvent> GenerateAsync(
        GenerationRequest request, Reservation? reserved = null, CancellationToken cancel = default)
    {
        NumReservedThen = NumReserved;
        if (Refusal is { } refusal)
        {
            throw refusal;
        }

        if (Status != EngineStatus.Ready)
        {
            throw new EngineUnavailableException(Status);
        }

        _requests.Enqueue(request);
        return Answer(request, reserved?.Take(), cancel);
    }

    /// <summary>An unmerged record of every layer, whatever is asked.</summary>
    public Task<PreviewOutput> PreviewAsync(
        PixelValues pixels, MergeSpec merge, Reservation? reserved = null, CancellationToken cancel = default)
    {
        NumReservedThen = NumReserved;
        using var place = reserved?.Take();
        return Status == EngineStatus.Ready
            ? Task.FromResult(new PreviewOutput(
                PreviewLayer.Of([], MergeSpec.None, Model.MergeShape), Milliseconds(1), Milliseconds(2)))
            : throw new EngineUnavailableException(Status);
    }

    public Task<EmbedOutput> EmbedAsync(
        PixelValues pixels, MergeSpec merge, string tenant = "", Reservation? reserved = null, CancellationToken cancel = default)
    {
        NumReservedThen = NumReserved;
        using var place = reserved?.Take();
        return Refusal is { } refusal
            ? Task.FromException<EmbedOutput>(refusal)
            : Task.FromResult(new EmbedOutput([0.6f, -0.8f], IsCached: false));
    }

    public Task DrainAsync(TimeSpan limit)
    {
        NumDrains++;
        Status = EngineStatus.Stopped;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async IAsyncEnumerable<GenerationEvent> Answer(
        GenerationRequest request, IDisposable? place, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var given = place;
        Interlocked.Increment(ref _numRunning);
        var isDone = false;
        try
        {
            var visual = TokenMergers.VisualTokens(request.Merge, Model.MergeShape);
            yield return new GenerationEvent.Started(
                [.. request.Images.Select(image => Describe(image, request.Merge, visual))],
                PromptTokens(request, visual));
            var script = request.Choices is null ? Script : [];
            for (var i = 0; i < script.Count; i++)
            {
                if (Failure is not null && i == FailAfter)
                {
                    break;
                }

                if (i > 0 && Gate is { } gate)
                {
                    await gate.Task.WaitAsync(cancel).ConfigureAwait(false);
                }

                cancel.ThrowIfCancellationRequested();
                yield return new GenerationEvent.Token(100 + i, script[i], Describe(request, i));
            }

            isDone = true;
            yield return Last(request);
        }
        finally
        {
            Interlocked.Decrement(ref _numRunning);
            if (!isDone)
            {
                Abandoned.TrySetResult();
            }
        }
    }

    private GenerationEvent Last(GenerationRequest request) => Failure is { } failure
        ? new GenerationEvent.Failed(failure)
        : new GenerationEvent.Finished(
            Reason,
            "",
            new GenerationTimings(Milliseconds(1), Milliseconds(2), Milliseconds(3), Milliseconds(4)),
            request.Choices is null ? null : ChoiceLogprobs);

    private sealed class Place(FakeEngine engine) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref engine._numReserved);
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private static int PromptTokens(GenerationRequest request, int visual) =>
        request.PromptIds.Sum(id => id == LlamaTokenizer.ImagePlaceholder ? visual : 1);

    private ImageUsage Describe(PixelValues image, MergeSpec merge, int visual) => new(
        image.SourceWidth, image.SourceHeight, Model.TokensFull, visual,
        merge.Method, merge.IsNone ? null : merge.Profile, merge.Ratio, Cached: false, merge.Settings.ToText());

    private TokenLogprobs? Describe(GenerationRequest request, int index) => request.Sampling.Logprobs == 0
        ? null
        : new TokenLogprobs(
            new TokenLogprob(100 + index, Script[index], -0.5),
            [.. Enumerable.Range(0, request.Sampling.Logprobs).Select(
                rank => new TokenLogprob(100 + index + rank, Script[index], -0.5 - rank))]);
}
