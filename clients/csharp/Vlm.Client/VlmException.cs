namespace Vlm.Client;

/// <summary>An error as RFC 9457 has it.</summary>
/// <param name="Type">Kind of error, stable for programs.</param>
/// <param name="Title">Kind of error in words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="TraceId">Finds the request in the server's log.</param>
/// <param name="Detail">What happened this time.</param>
/// <param name="Errors">Every wrong field with its messages.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string TraceId,
    string? Detail = null,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors = null);

/// <summary>An answer that the server refused or could not finish.</summary>
public sealed class VlmException(Problem problem) : Exception(problem.Detail ?? problem.Title)
{
    /// <summary>What the server says of it.</summary>
    public Problem Problem { get; } = problem;
}
