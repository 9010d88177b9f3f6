namespace Vlm.Api.Contracts;

/// <summary>An error, as RFC 9457 has it.</summary>
public record Problem
{
    /// <summary>URN of the kind of error, stable for programs.</summary>
    public required string Type { get; init; }

    /// <summary>The kind of error in words, the same for all of its kind.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened this time: subject, expected, found. Absent for an internal error.</summary>
    public string? Detail { get; init; }

    /// <summary>Every wrong field by its path (<c>messages[0].content[1].image</c>), with its messages; a header by its name, none where
    /// neither is to blame. Absent for an internal error.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Finds this request in the server's log.</summary>
    public required string TraceId { get; init; }
}
