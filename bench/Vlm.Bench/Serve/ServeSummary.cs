namespace Vlm.Bench.Serve;

/// <summary>Median and tails, in seconds.</summary>
public sealed record Percentiles(double P50, double P95, double P99)
{
    /// <summary>Of these times; null of none.</summary>
    public static Percentiles? Of(IEnumerable<TimeSpan> times)
    {
        double[] sorted = [.. times.Select(t => t.TotalSeconds).Order()];
        return sorted.Length == 0 ? null : new(At(0.5), At(0.95), At(0.99));

        double At(double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }
}

/// <summary>Resident memory in bytes.</summary>
/// <param name="Early">After a tenth of the requests.</param>
/// <param name="End">After all.</param>
public sealed record ResidentMemory(long Early, long End);

/// <summary>What a load did to a server. Times are those of answered requests.</summary>
public sealed record ServeSummary
{
    /// <summary>How requests came.</summary>
    public required string Load { get; init; }

    /// <summary>Requests by what became of them.</summary>
    public required IReadOnlyDictionary<ServeEnd, int> Ends { get; init; }

    /// <summary>From the first request to the end of the last answer, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Answers per second.</summary>
    public required double Throughput { get; init; }

    /// <summary>Answers per second whose first token came within the limit.</summary>
    public required double Goodput { get; init; }

    /// <summary>Answer tokens per second.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>From sending to first text; null where nothing was answered.</summary>
    public required Percentiles? FirstToken { get; init; }

    /// <summary>From piece to piece of text as they reached the client; null where no answer came in two pieces.</summary>
    public required Percentiles? InterToken { get; init; }

    /// <summary>From sending to the end; null where nothing was answered.</summary>
    public required Percentiles? EndToEnd { get; init; }

    /// <summary>Memory of the server; null for a server elsewhere.</summary>
    public ResidentMemory? Resident { get; init; }

    /// <summary>Time of processors that the server used, in seconds; null for a server elsewhere. Other load on the machine changes it little.</summary>
    public double? ProcessorSeconds { get; init; }

    /// <summary>Where the server says that time went; null for one without our metrics.</summary>
    public ServerTimes? Server { get; init; }

    /// <summary>The first thing that went wrong other than 429.</summary>
    public string? Problem { get; init; }

    /// <summary>Requests that should have been answered, once, or refused with 429, and were not.</summary>
    public int NumWrong => Ends.Where(e => e.Key is not (ServeEnd.Answered or ServeEnd.Refused)).Sum(e => e.Value);

    /// <summary>Sums up.</summary>
    public static ServeSummary Of(string load, IReadOnlyCollection<ServeOutcome> outcomes, TimeSpan time, TimeSpan firstTokenLimit)
    {
        ServeOutcome[] answered = [.. outcomes.Where(o => o.End == ServeEnd.Answered)];
        int again = answered.Length - answered.Select(o => o.Id).Distinct().Count(); // one answer to two requests
        Dictionary<ServeEnd, int> ends = Enum.GetValues<ServeEnd>().ToDictionary(end => end, end => outcomes.Count(o => o.End == end));
        ends[ServeEnd.Answered] -= again;
        ends[ServeEnd.Twice] += again;
        return new()
        {
            Load = load,
            Ends = ends,
            Seconds = time.TotalSeconds,
            Throughput = answered.Length / time.TotalSeconds,
            Goodput = answered.Count(o => o.FirstToken <= firstTokenLimit) / time.TotalSeconds,
            TokensPerSecond = answered.Sum(o => o.Tokens) / time.TotalSeconds,
            FirstToken = Percentiles.Of(answered.Select(o => o.FirstToken)),
            InterToken = Percentiles.Of(answered.SelectMany(o => o.Gaps)),
            EndToEnd = Percentiles.Of(answered.Select(o => o.Total)),
            Problem = outcomes.FirstOrDefault(o => o.End is not (ServeEnd.Answered or ServeEnd.Refused))?.Problem,
        };
    }
}
