using Vlm.Core.Imaging;
using Vlm.Merge;

namespace Vlm.Core.Engine;

/// <summary>Runs requests against one loaded model.</summary>
public interface IVlmEngine : IAsyncDisposable
{
    /// <summary>What is or will be loaded; known before the weights are.</summary>
    ModelDescription Model { get; }

    /// <summary>Whether requests are taken.</summary>
    EngineStatus Status { get; }

    /// <summary>How busy the engine is, as of its last step.</summary>
    EngineLoad Load { get; }

    /// <summary>Completes when the weights are loaded and the first steps have run; fails with the cause when the start
    /// failed.</summary>
    Task Ready { get; }

    /// <summary>Completes when the engine has ended; fails with the cause when it ended by itself.</summary>
    Task Completion { get; }

    /// <summary>Takes places for requests that are still being prepared, all or none, so that no picture is decoded for one that would be
    /// refused then. Hand it in with each of them, and dispose of it afterwards.</summary>
    /// <param name="count">Requests, at most <see cref="EngineLoad.MaxRequests"/>.</param>
    /// <exception cref="QueueFullException">Too many requests run and wait.</exception>
    /// <exception cref="EngineUnavailableException">The engine is not <see cref="EngineStatus.Ready"/>.</exception>
    Reservation Reserve(int count = 1);

    /// <summary>Queues a request; it runs whether or not its events are read, until it ends or <paramref
    /// name="cancel"/> fires.</summary>
    /// <param name="request">What to answer.</param>
    /// <param name="reserved">Has a place for it; null takes one.</param>
    /// <param name="cancel">Ends the enumeration with <see cref="OperationCanceledException"/> and frees the place
    /// within one step.</param>
    /// <returns>The events, to be enumerated once; bounded by the answer's length, so a slow reader never holds up the
    /// engine.</returns>
    /// <exception cref="ArgumentException">The request is malformed or does not fit the context. Thrown by the call
    /// itself, as the next two.</exception>
    /// <exception cref="QueueFullException">Too many requests run and wait.</exception>
    /// <exception cref="EngineUnavailableException">The engine is not <see cref="EngineStatus.Ready"/>.</exception>
    IAsyncEnumerable<GenerationEvent> GenerateAsync(
        GenerationRequest request, Reservation? reserved = null, CancellationToken cancel = default);

    /// <summary>Runs one picture through the vision tower, between steps, for the record of its merging.</summary>
    /// <param name="pixels">The picture.</param>
    /// <param name="merge">How its tokens merge.</param>
    /// <param name="reserved">Has a place for it; null takes one.</param>
    /// <param name="cancel">Ends the wait; a picture that has not begun is dropped.</param>
    /// <exception cref="QueueFullException">Too many requests run and wait. Thrown by the call itself, as the next.</exception>
    /// <exception cref="EngineUnavailableException">The engine is not <see cref="EngineStatus.Ready"/>.</exception>
    Task<PreviewOutput> PreviewAsync(
        PixelValues pixels, MergeSpec merge, Reservation? reserved = null, CancellationToken cancel = default);

    /// <summary>Runs one picture through the vision tower for its pooled features, in one batch with the pictures of the other
    /// requests, unless its features are cached.</summary>
    /// <param name="pixels">The picture.</param>
    /// <param name="merge">How its tokens merge.</param>
    /// <param name="tenant">Whose picture it is; caches are apart.</param>
    /// <param name="reserved">Has a place for it; null takes one.</param>
    /// <param name="cancel">Ends the wait; a picture that has not begun is dropped.</param>
    /// <exception cref="QueueFullException">Too many requests run and wait.</exception>
    /// <exception cref="EngineUnavailableException">The engine is not <see cref="EngineStatus.Ready"/>.</exception>
    Task<EmbedOutput> EmbedAsync(
        PixelValues pixels, MergeSpec merge, string tenant = "", Reservation? reserved = null, CancellationToken cancel = default);

    /// <summary>Takes no more requests and completes when the running ones have ended; those still running after
    /// <paramref name="limit"/> end as <see cref="FinishReason.Cancelled"/>, those still waiting fail with <see
    /// cref="EngineUnavailableException"/>.</summary>
    Task DrainAsync(TimeSpan limit);
}

/// <summary>The engine's life, in order.</summary>
public enum EngineStatus
{
    Loading,
    Ready,
    Draining,
    Stopped,
}

/// <summary>Counts for health and metrics.</summary>
/// <param name="Waiting">Requests that hold no cache blocks yet, those that are being prepared among them.</param>
/// <param name="Running">Requests that hold cache blocks.</param>
/// <param name="FreeBlocks">Cache blocks that nobody holds.</param>
/// <param name="Blocks">All cache blocks.</param>
/// <param name="Steps">Steps run since the start.</param>
public sealed record EngineLoad(int Waiting, int Running, int FreeBlocks, int Blocks, long Steps)
{
    /// <summary>Most requests that run and wait, together; one more is refused.</summary>
    public int MaxRequests { get; init; } = int.MaxValue;

    /// <summary>Prompt tokens of all requests admitted.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Those of them whose keys and values were cached.</summary>
    public long CachedPromptTokens { get; init; }

    /// <summary>Pictures that admitted requests had to look at.</summary>
    public long Pictures { get; init; }

    /// <summary>Those of them that were encoded already.</summary>
    public long CachedPictures { get; init; }

    /// <summary>Bytes of encoded pictures that no request shows.</summary>
    public long ImageCacheBytes { get; init; }

    /// <summary>When the step that runs now began, as a <see cref="System.Diagnostics.Stopwatch"/> time; null between
    /// steps.</summary>
    public long? StepSince { get; init; }
}
