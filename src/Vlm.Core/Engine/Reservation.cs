using System.Collections.Concurrent;

namespace Vlm.Core.Engine;

/// <summary>Places that requests have before they are ready to be handed in. Each of them takes one along; what is left when this is disposed
/// of is given back. Used by many threads.</summary>
/// <param name="places">Each is given back when disposed of.</param>
public sealed class Reservation(IEnumerable<IDisposable> places) : IDisposable
{
    private readonly ConcurrentQueue<IDisposable> _places = new(places);

    /// <summary>Hands over one place; it is the caller's to dispose of.</summary>
    /// <exception cref="InvalidOperationException">None is left.</exception>
    public IDisposable Take() => _places.TryDequeue(out var place)
        ? place
        : throw new InvalidOperationException("Reservation: expected a place for each request, found none left.");

    public void Dispose()
    {
        while (_places.TryDequeue(out var place))
        {
            place.Dispose();
        }
    }
}
