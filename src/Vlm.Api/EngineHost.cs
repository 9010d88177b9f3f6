using System.Diagnostics;
using Microsoft.Extensions.Options;
using Vlm.Api.Options;
using Vlm.Core.Chat;
using Vlm.Core.Embedding;
using Vlm.Core.Engine;
using Vlm.Core.Preview;

namespace Vlm.Api;

/// <summary>Where the server stands between start and stop.</summary>
public enum ServerPhase
{
    /// <summary>The checkpoint is being loaded, or the first request is being tried.</summary>
    Loading,

    /// <summary>Requests are answered.</summary>
    Ready,

    /// <summary>Running requests finish, new ones are refused.</summary>
    Draining,

    /// <summary>The checkpoint could not be loaded or the engine ended by itself; the process is about to end.</summary>
    Failed,
}

/// <summary>Answers a question: pieces, then the result.</summary>
public delegate IAsyncEnumerable<ChatEvent> ChatFunction(ChatInput input, CancellationToken cancel);

/// <summary>Shows what merging does to a picture.</summary>
public delegate Task<MergePreview> PreviewFunction(PreviewInput input, CancellationToken cancel);

/// <summary>Embeds pictures.</summary>
public delegate Task<IReadOnlyList<PictureEmbedding>> EmbedFunction(EmbedInput input, CancellationToken cancel);

/// <summary>A model that answers.</summary>
/// <param name="Engine">Its engine.</param>
/// <param name="Chat">Chat upon that engine, the chat service outside of tests.</param>
/// <param name="Preview">Merging upon that engine, the previewer outside of tests.</param>
/// <param name="Embed">Pooled features of that engine, the embedder outside of tests.</param>
/// <param name="Release">Frees what the engine was made from, once it has ended.</param>
public sealed record LoadedModel(
    IVlmEngine Engine, ChatFunction Chat, PreviewFunction Preview, EmbedFunction Embed, Action? Release = null)
    : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Release?.Invoke();
    }
}

/// <summary>Makes the engine; tests replace it.</summary>
public interface IEngineFactory
{
    /// <summary>Opens the configured checkpoint and starts to load it; <see cref="IVlmEngine.Ready"/> tells the end.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is broken or not supported.</exception>
    /// <exception cref="ArgumentException">An option does not fit the checkpoint.</exception>
    LoadedModel Start();
}

/// <summary>The model of this process, once there is one.</summary>
public sealed class EngineHost(IOptions<LimitsOptions> limits)
{
    private readonly Lock _lock = new();
    private LoadedModel? _model;

    /// <summary>Where the server stands.</summary>
    public ServerPhase Phase { get; private set; }

    /// <summary>Whether loading has ended well, now or in the past.</summary>
    public bool HasStarted => LoadedOrNull is not null;

    /// <summary>Whether requests are answered: the engine may have stopped by a failure of its own.</summary>
    public bool IsReady => State == "ready";

    /// <summary>The phase in lower case, or what became of the engine since: <c>stopped</c>, or <c>stalled</c> while one step takes
    /// longer than the watchdog allows.</summary>
    public string State => (Phase, LoadedOrNull?.Engine) switch
    {
        (ServerPhase.Ready, { Status: not EngineStatus.Ready }) => "stopped",
        (ServerPhase.Ready, { Load.StepSince: { } since }) when Stopwatch.GetElapsedTime(since) > Patience => "stalled",
        var (phase, _) => phase.ToString().ToLowerInvariant(),
    };

    private TimeSpan Patience => TimeSpan.FromSeconds(limits.Value.WatchdogSeconds);

    /// <summary>Why loading failed, or why the engine ended by itself.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>When the model was ready.</summary>
    public DateTimeOffset ReadySince { get; private set; }

    /// <summary>The model whatever the phase; null before it is loaded.</summary>
    public LoadedModel? LoadedOrNull
    {
        get
        {
            lock (_lock)
            {
                return _model;
            }
        }
    }

    /// <summary>The model for a new request.</summary>
    /// <exception cref="NotReadyException">It is loading, draining or failed.</exception>
    public LoadedModel Model
    {
        get
        {
            lock (_lock)
            {
                return Phase == ServerPhase.Ready ? _model! : throw new NotReadyException(Phase);
            }
        }
    }

    /// <summary>Opens the server for requests, unless it is already being stopped.</summary>
    internal void Open(LoadedModel model, DateTimeOffset now)
    {
        lock (_lock)
        {
            _model = model;
            ReadySince = now;
            Phase = Phase == ServerPhase.Loading ? ServerPhase.Ready : Phase;
        }
    }

    /// <summary>Refuses new requests from now on.</summary>
    internal void Drain()
    {
        lock (_lock)
        {
            Phase = Phase == ServerPhase.Failed ? Phase : ServerPhase.Draining;
        }
    }

    /// <summary>Gives up.</summary>
    internal void Fail(Exception failure)
    {
        lock (_lock)
        {
            Failure = failure;
            Phase = ServerPhase.Failed;
        }
    }
}

/// <summary>A request that comes before the model is ready, or after it was asked to stop.</summary>
public sealed class NotReadyException(ServerPhase phase)
    : Exception($"model: expected ready, found {phase.ToString().ToLowerInvariant()}.");

/// <summary>The engine ended by itself.</summary>
public sealed class EngineFailedException(Exception cause)
    : Exception($"engine: expected it to run until the server stops, found it ended: {cause.Message}", cause);
