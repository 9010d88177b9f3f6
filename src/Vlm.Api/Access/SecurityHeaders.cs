namespace Vlm.Api.Access;

/// <summary>What a browser may do with an answer.</summary>
internal static class SecurityHeaders
{
    // Swagger UI sets styles on elements; pictures of the playground are data and blob URLs. Nothing comes from elsewhere.
    private const string Policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        + "form-action 'self'; frame-ancestors 'none'";

    /// <summary>Middleware.</summary>
    public static Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = Policy;
        return next(http);
    }
}
