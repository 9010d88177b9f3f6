using Microsoft.AspNetCore.Http.HttpResults;
using Vlm.Api.Contracts;
using Vlm.Api.OpenApi;

namespace Vlm.Api.Endpoints;

/// <summary>GET /health/...: probes of an orchestrator.</summary>
internal static class Health
{
    /// <summary>Maps the routes.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("live", () => new HealthReport("live"))
            .WithName("health_live")
            .WithSummary("Whether the process runs");
        health.MapGet("ready", (EngineHost host, HttpContext http) => Report(host, host.IsReady, http))
            .WithName("health_ready")
            .WithSummary("Whether requests are answered: 503 while loading and while draining")
            .Produces<HealthReport>()
            .Produces<HealthReport>(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblems();
        health.MapGet("startup", (EngineHost host, HttpContext http) => Report(host, host.HasStarted, http))
            .WithName("health_startup")
            .WithSummary("Whether the model has been loaded")
            .Produces<HealthReport>()
            .Produces<HealthReport>(StatusCodes.Status503ServiceUnavailable)
            .ProducesProblems();
    }

    private static JsonHttpResult<HealthReport> Report(EngineHost host, bool isWell, HttpContext http)
    {
        if (!isWell)
        {
            http.Response.Headers.RetryAfter = ErrorResponses.RetryAfter(http);
        }

        return TypedResults.Json(
            new HealthReport(host.State),
            statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
