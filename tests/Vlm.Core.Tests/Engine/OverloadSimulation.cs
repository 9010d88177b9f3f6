using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

/// <summary>When requests come.</summary>
internal interface IArrivals
{
    /// <summary>How many come up to now.</summary>
    /// <param name="now">Virtual time.</param>
    /// <param name="numInside">Requests that have not ended.</param>
    int Next(double now, int numInside);
}

/// <summary>So many clients, each of which asks again at once.</summary>
internal sealed class ClosedArrivals(int clients) : IArrivals
{
    public int Next(double now, int numInside) => clients - numInside;
}

/// <summary>At random times, whatever becomes of the earlier ones.</summary>
/// <param name="rate">Requests per unit of time.</param>
/// <param name="seed">Of the times.</param>
internal sealed class PoissonArrivals(double rate, int seed) : IArrivals
{
    private readonly Random _random = new(seed);
    private double _next;

    public int Next(double now, int numInside)
    {
        var count = 0;
        for (; _next <= now; count++)
        {
            _next += -Math.Log(1 - _random.NextDouble()) / rate;
        }

        return count;
    }
}

/// <summary>What became of the requests of a simulation.</summary>
/// <param name="Times">Virtual time inside, of each that was accepted and has ended.</param>
/// <param name="NumRefused">Those for which there was no place.</param>
/// <param name="TimePerAnswer">Virtual time per answer.</param>
internal sealed record OverloadResult(IReadOnlyList<double> Times, int NumRefused, double TimePerAnswer);

/// <summary>The engine's loop without tensors: its places, its scheduler, and steps that take a fixed time and more for each row.</summary>
internal sealed class OverloadSimulation(EngineOptions options, int maxTokens)
{
    private const int NumAnswers = 600;
    private const int PromptTokens = 60;
    private const double StepTime = 1, RowTime = 0.01;

    private readonly Dictionary<SequenceGroup, (double Since, IDisposable Place)> _inside = [];
    private double _now;
    private int _numRefused;

    public OverloadResult Run(IArrivals arrivals)
    {
        var blocks = new BlockAllocator(options.MaxRequests * options.BlocksFor(PromptTokens + maxTokens));
        var scheduler = new Scheduler(options.MaxBatchSize, options.MaxStepTokens, options.BlockSize, blocks);
        var places = new RequestPlaces(options.MaxRequests);
        List<double> times = [];
        (_now, _numRefused) = (0, 0);
        _inside.Clear();
        while (times.Count < NumAnswers)
        {
            Arrive(arrivals.Next(_now, _inside.Count), places, scheduler);
            scheduler.Admit();
            var step = SchedulerTests.Run(scheduler.Schedule());
            _now += StepTime + (RowTime * step.Sum(chunk => chunk.Count));
            times.AddRange(End(scheduler));
        }

        return new(times, _numRefused, _now / times.Count);
    }

    private void Arrive(int count, RequestPlaces places, Scheduler scheduler)
    {
        for (var i = 0; i < count; i++)
        {
            try
            {
                var place = places.Take();
                var group = SchedulerTests.Answer(PromptTokens, maxTokens);
                scheduler.Add(group);
                _inside.Add(group, (_now, place));
            }
            catch (QueueFullException)
            {
                _numRefused++;
            }
        }
    }

    private IEnumerable<double> End(Scheduler scheduler)
    {
        foreach (var group in _inside.Keys.Where(group => group.Sequences[0].Tokens.Count == PromptTokens + maxTokens).ToList())
        {
            var (since, place) = _inside[group];
            scheduler.Remove(group);
            _inside.Remove(group);
            place.Dispose();
            yield return _now - since;
        }
    }
}
