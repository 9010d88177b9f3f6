namespace Vlm.Api.Access;

/// <summary>What a browser may do with an answer.</summary>
internal static class SecurityHeaders
{
    // Pictures of the pages are data and blob URLs. Nothing comes from elsewhere, no script stands inline.
    private const string Policy =
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    // Swagger UI's own pictures have styles inline.
    private const string SwaggerPolicy = Policy + "; style-src 'self' 'unsafe-inline'";

    /// <summary>Middleware.</summary>
    public static Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        IHeaderDictionary headers = http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = http.Request.Path.StartsWithSegments("/swagger") ? SwaggerPolicy : Policy;
        return next(http);
    }
}
