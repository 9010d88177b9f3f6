using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Options;

/// <summary>Section <c>Limits</c>: what one request may take, and what the server answers when it is busy.</summary>
public sealed class LimitsOptions
{
    /// <summary>Largest request body in bytes; pictures in base64 take 4/3 of their size.</summary>
    [Range(1024, 2_000_000_000)]
    public int MaxBodyBytes { get; set; } = 64 << 20;

    /// <summary>Most bytes of the bodies of all requests that are being read or answered, together; then 429.</summary>
    [Range(1024, long.MaxValue)]
    public long MaxBodiesBytes { get; set; } = 1L << 30;

    /// <summary>Longest time from the start of a request to the end of its answer, in seconds; then 408.</summary>
    [Range(1, 86_400)]
    public int RequestTimeoutSeconds { get; set; } = 600;

    /// <summary>Longest time of one engine step, in seconds; longer, and the server is not ready until the step ends.</summary>
    [Range(1, 86_400)]
    public int WatchdogSeconds { get; set; } = 120;

    /// <summary>Value of Retry-After when the model is loading or draining, in seconds; when the queue is full, until the first
    /// answer tells how long they take.</summary>
    [Range(1, 3_600)]
    public int RetryAfterSeconds { get; set; } = 5;

    /// <summary>Longest time that running requests get to finish after SIGTERM, in seconds; then they are cancelled.</summary>
    [Range(0, 3_600)]
    public int DrainSeconds { get; set; } = 30;
}
