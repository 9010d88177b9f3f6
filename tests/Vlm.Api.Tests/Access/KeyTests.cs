using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vlm.Core.Chat;

namespace Vlm.Api.Tests.Access;

public sealed class KeyTests : IAsyncDisposable
{
    private const string Ask = """{"prompt": "Hi"}""";

    private readonly ApiApplication _app = new(new()
    {
        ["Auth:Keys:0:Name"] = "ann",
        ["Auth:Keys:0:Hash"] = Hash("ann's key"),
        ["Auth:Keys:1:Name"] = "bob",
        ["Auth:Keys:1:Hash"] = Hash("bob's key").Replace("sha256:", "", StringComparison.Ordinal).ToUpperInvariant().Insert(0, "sha256:"),
        ["Auth:Keys:1:MaxConcurrent"] = "1",
        ["Auth:Keys:2:Name"] = "carl",
        ["Auth:Keys:2:Hash"] = Hash("carl's key"),
        ["Auth:Keys:2:RequestsPerMinute"] = "2",
    });

    [Theory]
    [InlineData(null, "found nothing")]
    [InlineData("Basic YTpi", "found another scheme")]
    [InlineData("Bearer wrong", "found another.")]
    [InlineData("Bearer", "found another scheme")]
    public async Task Request_WithoutAKnownKey_Is401(string? authorization, string found)
    {
        HttpResponseMessage answer = await SendAsync(HttpMethod.Post, "/chat", authorization);

        JsonElement problem = await answer.ProblemAsync(401);
        Assert.Contains(found, problem.Errors()["Authorization"], StringComparison.Ordinal);
        Assert.Contains(found, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.Empty(_app.Model.Asked);
    }

    [Theory]
    [InlineData("/health/live", 200)]
    [InlineData("/health/ready", 401)]
    [InlineData("/health/startup", 401)]
    [InlineData("/v1/models", 401)]
    [InlineData("/merge/methods", 401)]
    [InlineData("/metrics", 401)]
    [InlineData("/openapi/v1.json", 401)]
    [InlineData("/swagger/index.html", 401)]
    [InlineData("/", 401)]
    [InlineData("/nothing", 401)]
    public async Task Route_WithKeysConfigured_IsClosedButForLiveness(string path, int status) =>
        Assert.Equal(status, (int)(await SendAsync(HttpMethod.Get, path, null)).StatusCode);

    [Theory]
    [InlineData("ann's key", "ann")]
    [InlineData("bob's key", "bob")]
    public async Task Request_WithAKey_IsAnsweredAndItsOwners(string key, string name)
    {
        HttpResponseMessage answer = await SendAsync(HttpMethod.Post, "/chat", $"Bearer {key}");

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(name, Assert.Single(_app.Model.Asked).Tenant);
        Assert.DoesNotContain(_app.Logs.Lines, l => l.Text.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_Under_V1_HasOpenAisErrorWithItsCode()
    {
        JsonElement error = await (await SendAsync(HttpMethod.Post, "/v1/chat/completions", "Bearer x")).OpenAiErrorAsync(401);

        Assert.Equal("invalid_api_key", error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Request_AboveTheRate_Is429WithTheTimeToWait()
    {
        Assert.All(
            await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SendAsync(HttpMethod.Post, "/chat", "Bearer carl's key"))),
            a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));

        HttpResponseMessage refused = await SendAsync(HttpMethod.Post, "/chat", "Bearer carl's key");

        await refused.ProblemAsync(429);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        Assert.True((await SendAsync(HttpMethod.Get, "/v1/models", "Bearer carl's key")).IsSuccessStatusCode);
        Assert.True((await SendAsync(HttpMethod.Post, "/chat", "Bearer ann's key")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Request_AboveTheConcurrency_Is429UntilTheOtherEnds()
    {
        TaskCompletionSource started = new(), finish = new();
        _app.Model.Chat = (_, _) => Slowly(started, finish.Task);
        Task<HttpResponseMessage> running = SendAsync(HttpMethod.Post, "/chat", "Bearer bob's key");
        await started.Task;

        await (await SendAsync(HttpMethod.Post, "/chat", "Bearer bob's key")).ProblemAsync(429);
        finish.SetResult();
        Assert.True((await running).IsSuccessStatusCode);
        _app.Model.Chat = (_, _) => FakeModel.Events("again");
        Assert.True((await SendAsync(HttpMethod.Post, "/chat", "Bearer bob's key")).IsSuccessStatusCode);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Hash(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static async IAsyncEnumerable<ChatEvent> Slowly(TaskCompletionSource started, Task finish)
    {
        started.TrySetResult();
        await finish;
        yield return new ChatEvent.Done(FakeModel.Result("late"));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? authorization)
    {
        HttpClient client = await _app.ReadyClientAsync();
        using HttpRequestMessage request = new(method, path);
        request.Content = method == HttpMethod.Post ? new StringContent(Ask, null, "application/json") : null;
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        return await client.SendAsync(request);
    }
}
