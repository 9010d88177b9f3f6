using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Vlm.Core.Chat;

namespace Vlm.Api.Tests;

/// <summary>What only a real server with real sockets does.</summary>
public sealed class KestrelTests : IAsyncDisposable
{
    private const int MaxBodyBytes = 2000;

    private readonly FakeModel _model = new();
    private readonly CapturedLogs _logs = new();
    private WebApplication? _server;

    [Theory]
    [InlineData(false, "application/json")]
    [InlineData(true, "application/json")]
    [InlineData(true, "multipart/form-data; boundary=x")]
    public async Task Body_OverTheLimit_Is413WithTheLimit(bool isChunked, string contentType)
    {
        using HttpClient client = await StartAsync();
        using StringContent body = new(new string(' ', MaxBodyBytes + 1));
        body.Headers.Remove("Content-Type");
        body.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using HttpRequestMessage request = new(HttpMethod.Post, "/chat") { Content = body };
        request.Headers.TransferEncodingChunked = isChunked;

        JsonElement problem = await (await client.SendAsync(request)).ProblemAsync(413);

        Assert.Contains("2000", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatEndsEarly_LeavesTheServerServing()
    {
        using HttpClient client = await StartAsync();
        using (TcpClient socket = await ConnectAsync(client))
        {
            await socket.GetStream().WriteAsync(Request("{\"prompt\": \"a", contentLength: 100));
        }

        Assert.True((await client.ChatAsync("""{"prompt": "a"}""")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Stream_SocketClosedByTheClient_CancelsTheWork()
    {
        TaskCompletionSource cancelled = new();
        _model.Chat = (_, cancel) => PieceUntilCancelled(cancelled, cancel);
        using HttpClient client = await StartAsync();
        using (TcpClient socket = await ConnectAsync(client))
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
        using HttpClient client = await StartAsync();

        Assert.Empty((await client.GetAsync("/health/live")).Headers.Server);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.StopAsync();
            await _server.DisposeAsync();
        }
    }

    private static byte[] Request(string body, int contentLength) => Encoding.ASCII.GetBytes(
        $"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {contentLength}\r\n\r\n{body}");

    private static async Task<TcpClient> ConnectAsync(HttpClient client)
    {
        TcpClient socket = new();
        await socket.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port);
        return socket;
    }

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

    private async Task<HttpClient> StartAsync()
    {
        Dictionary<string, string?> settings = new()
        {
            ["Model:Path"] = "fake",
            ["Limits:MaxBodyBytes"] = MaxBodyBytes.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Serilog:MinimumLevel:Default"] = "Fatal",
        };
        _server = ApiHost.Build(
            ["--urls=http://127.0.0.1:0"],
            settings,
            services => services.AddSingleton<IEngineFactory>(_model).AddSingleton<ILoggerProvider>(_logs));
        await _server.StartAsync();
        await _server.Services.GetServices<IHostedService>().OfType<EngineHostedService>().Single().ExecuteTask!;
        return new HttpClient { BaseAddress = new Uri(_server.Urls.Single()) };
    }
}
