using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Vlm.Api.Requests;
using Vlm.Core.Chat;

namespace Vlm.Api.Tests;

/// <summary>What only a real server with real sockets does.</summary>
public sealed class KestrelTests : IAsyncLifetime, IDisposable
{
    private const int MaxBodyBytes = 2000;

    private readonly FakeModel _model = new();
    private readonly CapturedLogs _logs = new();
    private KestrelServer _server = null!;

    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await KestrelServer.StartAsync(
            _model, _logs, ("Limits:MaxBodyBytes", MaxBodyBytes.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        _client = new() { BaseAddress = _server.Url };
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(false, "application/json")]
    [InlineData(true, "application/json")]
    [InlineData(true, "multipart/form-data; boundary=x")]
    public async Task Body_OverTheLimit_Is413WithTheLimit(bool isChunked, string contentType)
    {
        using StringContent body = new(new string(' ', MaxBodyBytes + 1));
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using HttpRequestMessage request = new(HttpMethod.Post, "/chat") { Content = body };
        request.Headers.TransferEncodingChunked = isChunked;

        JsonElement problem = await (await _client.SendAsync(request)).ProblemAsync(413);

        Assert.Contains("2000", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Such clients do not read before they have sent everything; a connection that closes meanwhile leaves them without an answer.</summary>
    [Theory]
    [InlineData("/chat", 413)]
    [InlineData("/nothing", 404)]
    public async Task Body_FarOverTheLimit_IsTakenToItsEndAndAnswered(string path, int status)
    {
        byte[] body = new byte[32 << 20];

        string told = await _server.SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"
            + Encoding.Latin1.GetString(body)
            + "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", told, StringComparison.Ordinal);
        Assert.Contains("{\"status\":\"live\"}", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatEndsEarly_LeavesTheServerServing()
    {
        using (TcpClient socket = await _server.ConnectAsync())
        {
            await socket.GetStream().WriteAsync(Request("{\"prompt\": \"a", contentLength: 100));
        }

        Assert.True((await _client.ChatAsync("""{"prompt": "a"}""")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Stream_SocketClosedByTheClient_CancelsTheWork()
    {
        TaskCompletionSource cancelled = new();
        _model.Chat = (_, cancel) => PieceUntilCancelled(cancelled, cancel);
        using (TcpClient socket = await _server.ConnectAsync())
        {
            const string body = """{"prompt": "a", "stream": true}""";
            await socket.GetStream().WriteAsync(Request(body, body.Length));
            byte[] some = new byte[64];
            Assert.NotEqual(0, await socket.GetStream().ReadAsync(some)); // the stream has begun
        }

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("POST /chat 499", (await _logs.NextAsync(1100)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_HasNoServerHeader()
    {

        Assert.Empty((await _client.GetAsync("/health/live")).Headers.Server);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/v1/models")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/playground/app.js")]
    public async Task Head_OfAnythingToGet_IsItsHeadersWithoutABody(string path)
    {
        string told = await _server.SendAsync(
            $"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        string[] answers = told.Split("HTTP/1.1 ");
        Assert.StartsWith("200 OK\r\n", answers[1], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answers[1], StringComparison.Ordinal);
        Assert.Contains("Content-Type: ", answers[1], StringComparison.Ordinal);
        Assert.Contains("{\"status\":\"live\"}", answers[2], StringComparison.Ordinal);
        Assert.Contains($"HEAD {path} 200", (await _logs.NextAsync(1100)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_OfWhatOnlyTakesPosts_Is405()
    {
        string told = await _server.SendAsync("HEAD /chat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 405 ", told, StringComparison.Ordinal);
        Assert.Contains("\r\nAllow: POST\r\n", told, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Request-Timeout", "\u00e9", 400)]
    [InlineData("X-Request-Timeout", "\u0001", 400)]
    [InlineData("X-Request-Priority", "\u00ff\u00fe", 400)]
    [InlineData("Content-Type", "\u00e9", 415)]
    [InlineData("Content-Type", "application/json; charset=\u00e9", 415)]
    [InlineData("Content-Encoding", "\u00e9", 415)]
    [InlineData("Content-Encoding", "identity", 200)]
    [InlineData("Authorization", "Bearer \u00ff", 200)]
    [InlineData("Accept", "\u00e9", 200)]
    [InlineData("Content-Type", "application/json; charset=\"UTF-8\"", 200)]
    public async Task Header_OfAnyBytes_GetsAnAnswerWithABody(string name, string value, int status)
    {
        const string body = """{"prompt": "a"}""";
        string type = name == "Content-Type" ? "" : "Content-Type: application/json\r\n";

        string told = await _server.SendAsync(
            $"POST /chat HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{type}{name}: {value}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.StartsWith($"HTTP/1.1 {status} ", told, StringComparison.Ordinal);
        Assert.Contains($"Content-Type: application/{(status == 200 ? "json" : "problem+json")}", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_TooManyBytesTogether_AreRefusedUntilOneIsGone()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(_model, settings: ("Limits:MaxBodiesBytes", "3000"));
        using HttpClient client = new() { BaseAddress = server.Url };
        string large = $$"""{"prompt": "{{new string('a', 1500)}}"}""";
        BodyMemory memory = server.Services.GetRequiredService<BodyMemory>();
        HttpResponseMessage refused;
        using (TcpClient slow = await server.ConnectAsync())
        {
            string begun = large + new string(' ', 1000);
            await slow.GetStream().WriteAsync(Request(begun, contentLength: 100_000));
            await UntilAsync(() => memory.NumBytes == begun.Length); // or the slow one is refused, where it is read last
            refused = await client.ChatAsync(large);
            Assert.True((await client.ChatAsync("""{"prompt": "a"}""")).IsSuccessStatusCode); // what is small has room
        }

        JsonElement problem = await refused.ProblemAsync(429);
        Assert.Equal(
            "body: expected at most 3000 bytes in the bodies of all requests together, found more; try again later.",
            problem.GetProperty("detail").GetString());
        Assert.NotNull(refused.Headers.RetryAfter);
        await UntilAsync(() => memory.NumBytes == 0);
        Assert.True((await client.ChatAsync(large)).IsSuccessStatusCode);
        await UntilAsync(() => memory.NumBytes == 0); // it has given its bytes back
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using CancellationTokenSource late = new(TimeSpan.FromMinutes(1)); // for a loaded machine; nothing is asserted about time
        while (!isSo())
        {
            await Task.Delay(5, late.Token);
        }
    }

    private static byte[] Request(string body, int contentLength) => Encoding.ASCII.GetBytes(
        $"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {contentLength}\r\n\r\n{body}");

    private static async IAsyncEnumerable<ChatEvent> PieceUntilCancelled(
        TaskCompletionSource cancelled, [EnumeratorCancellation] CancellationToken cancel)
    {
        yield return new ChatEvent.Piece("first");
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        finally
        {
            cancelled.TrySetResult();
        }
    }
}
