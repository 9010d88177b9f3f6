namespace Vlm.Api.Tests.Access;

/// <summary>What browsers are told.</summary>
public sealed class BrowserTests
{
    [Theory]
    [InlineData("/swagger/index.html")]
    [InlineData("/health/live")]
    [InlineData("/nothing")]
    public async Task Answer_AnyRoute_HasSecurityHeaders(string path)
    {
        await using ApiApplication app = new();
        HttpClient client = await app.ReadyClientAsync();

        HttpResponseMessage answer = await client.GetAsync(path);

        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["DENY"], answer.Headers.GetValues("X-Frame-Options"));
        Assert.Equal(["no-referrer"], answer.Headers.GetValues("Referrer-Policy"));
        Assert.StartsWith("default-src 'self';", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "https://a.example", null)]
    [InlineData("https://a.example, https://b.example:8443", "https://a.example", "https://a.example")]
    [InlineData("https://a.example", "https://evil.example", null)]
    public async Task Preflight_OfAPageElsewhere_IsAnsweredForConfiguredOrigins(string? allowed, string origin, string? expected)
    {
        await using ApiApplication app = new(new() { ["Auth:CorsOrigins"] = allowed });
        HttpClient client = await app.ReadyClientAsync();
        using HttpRequestMessage request = new(HttpMethod.Options, "/chat");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type, authorization");

        HttpResponseMessage answer = await client.SendAsync(request);

        Assert.Equal(expected, answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task Refusal_OfAPageElsewhere_ShowsItWhenToTryAgainAndTheRequestId()
    {
        await using ApiApplication app = new(new() { ["Auth:CorsOrigins"] = "https://a.example" });
        HttpClient client = await app.ReadyClientAsync();
        client.DefaultRequestHeaders.Add("Origin", "https://a.example");

        HttpResponseMessage answer = await client.ChatAsync("{}");

        await answer.ProblemAsync(400);
        Assert.Equal("https://a.example", Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("Retry-After,X-Request-Id", Assert.Single(answer.Headers.GetValues("Access-Control-Expose-Headers")));
    }
}
