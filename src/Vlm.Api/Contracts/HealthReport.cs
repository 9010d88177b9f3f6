namespace Vlm.Api.Contracts;

/// <summary>Where the server stands.</summary>
/// <param name="Status"><c>live</c>, <c>loading</c>, <c>ready</c>, <c>draining</c>, <c>failed</c> or <c>stopped</c>.</param>
public sealed record HealthReport(string Status);
