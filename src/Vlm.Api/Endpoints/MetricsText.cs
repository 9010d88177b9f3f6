using Vlm.Api.Metrics;
using Vlm.Api.OpenApi;

namespace Vlm.Api.Endpoints;

/// <summary>GET /metrics: counts and times for Prometheus.</summary>
internal static class MetricsText
{
    private const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Maps the route.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (ApiMetrics metrics) => TypedResults.Text(metrics.Text(), MediaType))
            .WithName("metrics")
            .WithTags("Health")
            .WithSummary("Counts and times in Prometheus' text format")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .ProducesProblems(500);
}
