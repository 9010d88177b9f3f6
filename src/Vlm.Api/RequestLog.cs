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
}
