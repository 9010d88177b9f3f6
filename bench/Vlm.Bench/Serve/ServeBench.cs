using System.Collections.Concurrent;
using System.Diagnostics;

namespace Vlm.Bench.Serve;

/// <summary>Loads a server and sums up what its clients saw: <c>./vlm bench serve</c>.</summary>
/// <param name="http">The server as base address.</param>
/// <param name="mix">What is asked.</param>
/// <param name="own">The server's process; null for a server elsewhere.</param>
public sealed class ServeBench(HttpClient http, ServeMix mix, ServerProcess? own)
{
    private int _numAsked; // over all loads, so that all-different pictures stay so

    /// <summary>Asks so many times.</summary>
    /// <param name="load">How requests come.</param>
    /// <param name="count">Requests.</param>
    /// <param name="firstTokenLimit">Time within which an answer must begin to count as good.</param>
    /// <param name="cancel">Ends all.</param>
    public async Task<ServeSummary> RunAsync(ServeLoad load, int count, TimeSpan firstTokenLimit, CancellationToken cancel)
    {
        ServeClient client = new(http);
        ConcurrentQueue<ServeOutcome> outcomes = [];
        int first = _numAsked;
        byte[][] bodies = [.. Enumerable.Range(first, count).Select(mix.Body)]; // ahead, so that the client takes little of the machine
        int numDone = 0;
        long early = 0;
        TimeSpan busy = own?.ProcessorTime ?? TimeSpan.Zero;
        double[]? before = await ServerTimes.ReadAsync(http, cancel);
        long start = Stopwatch.GetTimestamp();
        await load.RunAsync(count, mix.Seed, AskAsync, cancel);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        _numAsked += count;
        return ServeSummary.Of(load.ToString(), outcomes, time, firstTokenLimit) with
        {
            Resident = own is null ? null : new(early, own.ResidentBytes),
            ProcessorSeconds = own is null ? null : (own.ProcessorTime - busy).TotalSeconds,
            Server = ServerTimes.Between(before, await ServerTimes.ReadAsync(http, cancel)),
        };

        async Task AskAsync(int i, CancellationToken stop)
        {
            outcomes.Enqueue(await client.AskAsync(bodies[i], stop));
            if (Interlocked.Increment(ref numDone) == Math.Max(1, count / 10) && own is not null)
            {
                early = own.ResidentBytes;
            }
        }
    }
}
