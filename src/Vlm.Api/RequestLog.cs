using Vlm.Api.Metrics;

namespace Vlm.Api;

/// <summary>One line per request, written when its answer has gone out.</summary>
internal static class RequestLog
{
    /// <summary>Middleware: outermost, so that it sees the status that was sent.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        long start = clock.GetTimestamp();
        try
        {
            await next(http);
        }
        finally
        {
            Write(http, clock.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static void Write(HttpContext http, double elapsedMs)
    {
        ILogger log = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Vlm.Api.Requests");
        RequestFacts facts = RequestFacts.Of(http);
        int status = facts.Status ?? http.Response.StatusCode;
        string path = http.Request.Path.ToUriComponent(); // escaped: a path cannot forge a line of the log
        string trace = RequestFacts.TraceId(http);
        CountRequest(http, status);
        if (facts.Result is { } r)
        {
            log.ChatRequest(
                http.Request.Method, path, status, elapsedMs, trace, r.Id,
                r.Usage.PromptTokens, r.Usage.CompletionTokens, r.Usage.Images.Count, r.FinishReason.ToString());
        }
        else
        {
            log.Request(http.Request.Method, path, status, elapsedMs, trace);
        }
    }

    /// <summary>By the route's pattern, so that strange paths make no new series.</summary>
    private static void CountRequest(HttpContext http, int status)
    {
        string route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";
        string method = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsPost(http.Request.Method) ? http.Request.Method : "other";
        http.RequestServices.GetRequiredService<ApiMetrics>()
            .CountRequest(method, route, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
