namespace Vlm.Core.Engine;

/// <summary>Requests for pooled features: as many as one encoder batch holds ask for their pictures at a time, so that answers wait for
/// no more than that.</summary>
internal sealed class EmbedQueue(PictureEncoder pictures, int maxRunning)
{
    private readonly Queue<EmbedRequest> _waiting = [];
    private readonly List<EmbedRequest> _running = [];

    public int Count => _waiting.Count + _running.Count;

    public void Add(EmbedRequest request) => _waiting.Enqueue(request);

    /// <summary>Asks for the next pictures.</summary>
    public void Admit()
    {
        while (_running.Count < maxRunning && _waiting.TryDequeue(out var request))
        {
            if (request.TryBegin(pictures))
            {
                _running.Add(request);
            }
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
        while (_waiting.TryDequeue(out var request))
        {
            request.Fail(error);
        }

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
