namespace Vlm.Api;

/// <summary>HEAD is GET without the body (RFC 9110, section 9.3.2): routes know GET only, and Kestrel sends no body for HEAD whatever is
/// written.</summary>
internal static class HeadRequests
{
    /// <summary>Middleware: in front of the router.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await next(http);
            return;
        }

        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head; // for the log
        }
    }

    /// <summary>Adds HEAD to the methods that a route allows, where GET is one of them.</summary>
    public static void Allow(HttpResponse answer)
    {
        if (answer.Headers.Allow.Contains(HttpMethods.Get))
        {
            answer.Headers.Allow = $"{answer.Headers.Allow}, {HttpMethods.Head}";
        }
    }
}
