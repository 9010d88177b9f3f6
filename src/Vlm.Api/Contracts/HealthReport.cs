using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Contracts;

/// <summary>Where the server stands.</summary>
/// <param name="Status"><c>live</c>, <c>loading</c>, <c>ready</c>, <c>draining</c>, <c>failed</c>, <c>stopped</c> or <c>stalled</c>.</param>
public sealed record HealthReport(
    [property: AllowedValues("live", "loading", "ready", "draining", "failed", "stopped", "stalled")] string Status);
