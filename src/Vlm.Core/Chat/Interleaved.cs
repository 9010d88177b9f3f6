using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Vlm.Core.Chat;

/// <summary>Several streams of events as one, in the order in which they come.</summary>
internal static class Interleaved
{
    /// <summary>Reads all at once. The first failure ends all of them and is the caller's.</summary>
    public static IAsyncEnumerable<T> Of<T>(IReadOnlyList<IAsyncEnumerable<T>> sources, CancellationToken cancel) =>
        sources.Count == 1 ? sources[0] : Read(sources, cancel);

    private static async IAsyncEnumerable<T> Read<T>(
        IReadOnlyList<IAsyncEnumerable<T>> sources, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var events = Channel.CreateUnbounded<T>(); // each source is bounded by its answer
        var pumps = Task.WhenAll(sources.Select(source => Pump(source, events.Writer, stop.Token)));
        _ = pumps.ContinueWith(_ => events.Writer.TryComplete(), TaskScheduler.Default);
        try
        {
            await foreach (var item in events.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await pumps.ConfigureAwait(false);
        }
    }

    private static async Task Pump<T>(IAsyncEnumerable<T> source, ChannelWriter<T> events, CancellationToken stop)
    {
        try
        {
            await foreach (var item in source.WithCancellation(stop).ConfigureAwait(false))
            {
                events.TryWrite(item);
            }
        }
        catch (Exception error)
        {
            events.TryComplete(error);
        }
    }
}
