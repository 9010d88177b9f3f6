using System.Diagnostics;
using Vlm.Api.Metrics;

namespace Vlm.Api;

/// <summary>One line per request, written when its answer has gone out.</summary>
internal static class RequestLog
{
    /// <summary>The header by which an answer tells its trace id; OpenAI's clients show it as the request id.</summary>
    public const string IdHeader = "X-Request-Id";

    /// <summary>Middleware: outermost, so that it sees the status that was sent.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        long start = clock.GetTimestamp();
        http.Response.Headers[IdHeader] = RequestFacts.TraceId(http);
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
        string route = RouteOf(http);
        CountRequest(http, route, status);
        Describe(Activity.Current, http.Request.Method, route, status);
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

    /// <summary>The route's pattern, so that strange paths make no new series and no new names.</summary>
    private static string RouteOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other";

    /// <summary>Names the span of the request. Probes and scrapes, which come all the time, are not sent.</summary>
    private static void Describe(Activity? span, string method, string route, int status)
    {
        if (span is null)
        {
            return;
        }

        bool isPolled = route.StartsWith("/health/", StringComparison.Ordinal) || route == "/metrics";
        span.ActivityTraceFlags = isPolled ? span.ActivityTraceFlags & ~ActivityTraceFlags.Recorded : span.ActivityTraceFlags;
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.request.method", method).SetTag("http.route", route).SetTag("http.response.status_code", status);
        span.SetStatus(status >= StatusCodes.Status500InternalServerError ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
    }

    private static void CountRequest(HttpContext http, string route, int status)
    {
        string method = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsPost(http.Request.Method) ? http.Request.Method : "other";
        http.RequestServices.GetRequiredService<ApiMetrics>()
            .CountRequest(method, route, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
