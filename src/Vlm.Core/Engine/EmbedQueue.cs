namespace Vlm.Core.Engine;

/// <summary>Requests for pooled features: as many as one encoder batch holds ask for their pictures at a time, so that answers wait for
/// no more than that.</summary>
internal sealed class EmbedQueue(PictureEncoder pictures, int maxRunning)
{
    private readonly List<EmbedRequest> _waiting = [];
    private readonly List<EmbedRequest> _running = [];

    public int Count => _waiting.Count + _running.Count;

    public void Add(EmbedRequest request) => _waiting.Add(request);

    /// <summary>Drops whom nobody waits for, and their pictures with them.</summary>
    public void DropCancelled()
    {
        _waiting.RemoveAll(request => request.EndIfCancelled());
        End(request => request.EndIfCancelled(), _ => { });
    }

    /// <summary>Asks for the next pictures.</summary>
    public void Admit()
    {
        foreach (var request in _waiting.Take(maxRunning - _running.Count).ToList())
        {
            request.Begin(pictures);
            _running.Add(request);
            _waiting.Remove(request);
        }
    }

    /// <summary>Ends the requests whose pictures are encoded.</summary>
    public void Complete() => End(request => pictures.IsEncoded(request.Key), request => request.Complete(pictures));

    /// <summary>Ends the requests for these pictures with an error.</summary>
    public void Fail(IReadOnlyList<PictureKey> keys, Exception error) =>
        End(request => keys.Contains(request.Key), request => request.Fail(error));

    /// <summary>Ends all requests with an error.</summary>
    public void StopAll(Exception error)
    {
        _waiting.ForEach(request => request.Fail(error));
        _waiting.Clear();
        End(_ => true, request => request.Fail(error));
    }

    private void End(Predicate<EmbedRequest> which, Action<EmbedRequest> end)
    {
        foreach (var request in _running.FindAll(which))
        {
            end(request);
            pictures.Release(request.Key);
            _running.Remove(request);
        }
    }
}
