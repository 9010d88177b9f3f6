namespace Vlm.Core.Engine;

/// <summary>The places for requests that are in the engine or on their way into it. By Little's law (J. D. C. Little, Operations Research 9,
/// 1961: number inside = rate of leaving x time inside) their number bounds how long requests take, whatever comes and is refused:
/// docs/adr/0009-admission-by-count.md. Used by many threads.</summary>
internal sealed class RequestPlaces(int limit)
{
    private int _numTaken;

    /// <summary>Requests that have a place.</summary>
    public int NumTaken => Volatile.Read(ref _numTaken);

    /// <summary>Takes a place, which is given back when disposed of.</summary>
    /// <exception cref="QueueFullException">All are taken.</exception>
    public IDisposable Take()
    {
        var place = new Place(this);
        if (Interlocked.Increment(ref _numTaken) <= limit)
        {
            return place;
        }

        place.Dispose();
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
