namespace Vlm.Bench.Serve;

/// <summary>What became of a request.</summary>
public enum ServeEnd
{
    /// <summary>One whole answer.</summary>
    Answered,

    /// <summary>429.</summary>
    Refused,

    /// <summary>Another status.</summary>
    Failed,

    /// <summary>No answer, or one without its end.</summary>
    Lost,

    /// <summary>More than one answer.</summary>
    Twice,
}

/// <summary>One request as its client saw it.</summary>
/// <param name="End">What became of it.</param>
/// <param name="Total">From sending to the end.</param>
public sealed record ServeOutcome(ServeEnd End, TimeSpan Total)
{
    /// <summary>From sending to the first text.</summary>
    public TimeSpan FirstToken { get; init; }

    /// <summary>From each piece of text to its next.</summary>
    public IReadOnlyList<TimeSpan> Gaps { get; init; } = [];

    /// <summary>Tokens of the answer.</summary>
    public int Tokens { get; init; }

    /// <summary>Id of the answer.</summary>
    public string? Id { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Problem { get; init; }
}
