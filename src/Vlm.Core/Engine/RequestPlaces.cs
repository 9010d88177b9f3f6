namespace Vlm.Core.Engine;

/// <summary>The places for requests that are in the engine or on their way into it. By Little's law (J. D. C. Little, Operations Research 9,
/// 1961: number inside = rate of leaving x time inside) their number bounds how long requests take, whatever comes and is refused:
/// docs/adr/0009-admission-by-count.md. Used by many threads.</summary>
internal sealed class RequestPlaces(int limit)
{
    private int _numTaken;

    /// <summary>Requests that have a place.</summary>
    public int NumTaken => Volatile.Read(ref _numTaken);

    /// <summary>Takes so many places, or none.</summary>
    /// <exception cref="QueueFullException">Fewer are free.</exception>
    public Reservation Take(int count = 1)
    {
        for (var taken = NumTaken; taken + count <= limit; taken = NumTaken)
        {
            if (Interlocked.CompareExchange(ref _numTaken, taken + count, taken) == taken)
            {
                return new(Enumerable.Range(0, count).Select(_ => new Place(this)));
            }
        }

        throw new QueueFullException(limit);
    }

    private sealed class Place(RequestPlaces places) : IDisposable
    {
        private RequestPlaces? _places = places;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _places, null) is { } taken)
            {
                Interlocked.Decrement(ref taken._numTaken);
            }
        }
    }
}
