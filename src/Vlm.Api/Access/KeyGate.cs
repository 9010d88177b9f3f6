using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Vlm.Api.Options;
using Vlm.Api.Requests;

namespace Vlm.Api.Access;

/// <summary>Lets in who has a key, where there are any; keys have limits for requests that make work.</summary>
internal sealed class KeyGate(IOptions<AuthOptions> auth, TimeProvider clock)
{
    private const string Scheme = "Bearer ";

    private readonly ApiKey[] _keys = [.. auth.Value.Keys.Select(k => new ApiKey(k, clock))];

    /// <summary>Name of the key that a request came with; empty where there are no keys.</summary>
    public static string NameOf(HttpContext http) => http.Features.Get<ApiKey>()?.Name ?? "";

    /// <summary>Middleware.</summary>
    /// <exception cref="UnauthorizedException">No key, or a wrong one.</exception>
    /// <exception cref="KeyLimitException">A limit of the key is reached.</exception>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (_keys.Length == 0 || http.Request.Path == "/health/live")
        {
            await next(http);
            return;
        }

        ApiKey key = Find(http.Request.Headers.Authorization.ToString());
        http.Features.Set(key);
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            await next(http);
            return;
        }

        key.Enter();
        try
        {
            await next(http);
        }
        finally
        {
            key.Leave();
        }
    }

    private ApiKey Find(string authorization)
    {
        if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw new UnauthorizedException($"expected Bearer and a key, found {(authorization.Length == 0 ? "nothing" : "another scheme")}.");
        }

        string presented = authorization[Scheme.Length..].Trim();
        ApiKey? found = null;
        foreach (ApiKey key in _keys)
        {
            found = key.Is(presented) ? key : found; // all of them, so that the time tells nothing
        }

        return found ?? throw new UnauthorizedException("expected a known key, found another.");
    }
}

/// <summary>The gates in front of the routes.</summary>
internal static class AccessGates
{
    /// <summary>Pages of configured origins, then keys.</summary>
    public static void UseAccess(this WebApplication app)
    {
        string[] origins = app.Services.GetRequiredService<IOptions<AuthOptions>>().Value.Origins;
        if (origins.Length > 0)
        {
            app.UseCors(cors => cors.WithOrigins(origins).AllowAnyHeader().WithMethods("GET", "POST")
                .WithExposedHeaders(HeaderNames.RetryAfter, RequestLog.IdHeader));
        }

        app.Use(app.Services.GetRequiredService<KeyGate>().InvokeAsync);
    }
}
