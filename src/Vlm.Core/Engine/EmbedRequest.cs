using Vlm.Core.Imaging;

namespace Vlm.Core.Engine;

/// <summary>A picture's pooled features.</summary>
/// <param name="Values">[Cv], length 1.</param>
/// <param name="IsCached">Whether nothing had to be encoded.</param>
public sealed record EmbedOutput(float[] Values, bool IsCached);

/// <summary>A picture that goes through the tower for its pooled features; it shares batches and cache with those of the answers.</summary>
internal sealed class EmbedRequest(PixelValues pixels, PictureKey key, CancellationToken cancel) : IArrival
{
    private readonly TaskCompletionSource<EmbedOutput> _output = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isCached;

    /// <summary>Completes when the features are there.</summary>
    public Task<EmbedOutput> Output => _output.Task;

    /// <summary>The picture with its merging.</summary>
    public PictureKey Key => key;

    public void Enter(EngineCore core) => core.Add(this);

    /// <summary>Ends it where nobody waits any more, and tells whether.</summary>
    public bool EndIfCancelled() => cancel.IsCancellationRequested && _output.TrySetCanceled(cancel);

    /// <summary>Asks for the picture.</summary>
    public void Begin(PictureEncoder pictures) => _isCached = pictures.Acquire(key, pixels);

    /// <summary>Hands over the features of the encoded picture.</summary>
    public void Complete(PictureEncoder pictures) =>
        _output.TrySetResult(new(pictures.Pooled(key).cpu().data<float>().ToArray(), _isCached));

    public void Fail(Exception error) => _output.TrySetException(error);
}
