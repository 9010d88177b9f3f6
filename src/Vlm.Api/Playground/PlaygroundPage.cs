using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;
using Vlm.Api.Requests;

namespace Vlm.Api.Playground;

/// <summary>The page at /: pictures, questions and two settings side by side. Its files lie in the program; nothing comes from elsewhere.</summary>
internal static class PlaygroundPage
{
    private const string Folder = "playground", Index = "index.html";

    private static readonly EmbeddedFileProvider Files = new(typeof(PlaygroundPage).Assembly, Folder);

    /// <summary>
    /// What needs no key: the page's files, which everybody can read in the sources; and where a browser asks for the page without a
    /// key, the page itself beside the 401, since it has the field for the key.
    /// </summary>
    public static void UsePlayground(this WebApplication app)
    {
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = Files,
            RequestPath = $"/{Folder}",
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache", // asks again, mostly answered by 304
        });
        app.Use(OfferKeyFieldAsync);
    }

    /// <summary>Maps the page.</summary>
    public static void MapPlayground(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/", (HttpContext http) => SendAsync(http)).ExcludeFromDescription();

    private static async Task OfferKeyFieldAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (UnauthorizedException) when (http.Request.Path == "/" && AcceptsHtml(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Bearer";
            await SendAsync(http);
        }
    }

    private static bool AcceptsHtml(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.GetTypedHeaders().Accept.Any(a => a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static Task SendAsync(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers[HeaderNames.CacheControl] = "no-cache";
        return http.Response.SendFileAsync(Files.GetFileInfo(Index), http.RequestAborted);
    }
}
