using System.Diagnostics;
using System.Globalization;

namespace Vlm.Bench.Serve;

/// <summary>How requests come.</summary>
/// <param name="Concurrency">Closed loop: so many clients, each asks again when it has its answer.</param>
/// <param name="Rate">Open loop: so many requests per second, at random times, whatever becomes of the earlier ones.</param>
public sealed record ServeLoad(int? Concurrency, double? Rate)
{
    /// <summary>In words.</summary>
    public override string ToString() => Concurrency is { } clients
        ? string.Create(CultureInfo.InvariantCulture, $"{clients} at once")
        : string.Create(CultureInfo.InvariantCulture, $"{Rate:0.##} per s");

    /// <summary>Asks so many times.</summary>
    /// <param name="count">Requests.</param>
    /// <param name="seed">Seed of the arrivals.</param>
    /// <param name="ask">Asks the request of a number.</param>
    /// <param name="cancel">Ends all.</param>
    public Task RunAsync(int count, int seed, Func<int, CancellationToken, Task> ask, CancellationToken cancel) => Concurrency is { } clients
        ? Parallel.ForAsync(
            0, count, new ParallelOptions { MaxDegreeOfParallelism = clients, CancellationToken = cancel }, async (i, stop) => await ask(i, stop))
        : ArriveAsync(count, seed, ask, cancel);

    // A Poisson process: the times between arrivals are exponential. Times are absolute, so that a late start is made up for.
    private async Task ArriveAsync(int count, int seed, Func<int, CancellationToken, Task> ask, CancellationToken cancel)
    {
        Random random = new(seed);
        List<Task> running = [];
        long start = Stopwatch.GetTimestamp();
        TimeSpan due = TimeSpan.Zero;
        for (int i = 0; i < count; i++)
        {
            due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / Rate!.Value);
            TimeSpan wait = due - Stopwatch.GetElapsedTime(start);
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, cancel);
            running.Add(ask(i, cancel));
        }

        await Task.WhenAll(running);
    }
}
