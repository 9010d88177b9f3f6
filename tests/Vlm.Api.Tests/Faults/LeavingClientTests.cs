using System.Net.Sockets;
using System.Text;

namespace Vlm.Api.Tests.Faults;

/// <summary>Clients that leave, stall or never read, in every phase of a request to the real engine.</summary>
public sealed class LeavingClientTests : IAsyncLifetime
{
    private const string Question =
        $$"""{"prompt": "What?", "image": "{{Http.Picture}}", "merge": "pitome:0.9", "max_tokens": 6, "return_token_ids": true}""";

    private const string Long = $$"""{"prompt": "What?", "image": "{{Http.Picture}}", "max_tokens": 400, "stream": true}""";
    private TinyServer _server = null!;
    private string _expected = "";

    public async Task InitializeAsync()
    {
        _server = await TinyServer.StartAsync(
            ("Engine:MaxBatchSize", "2"), ("Engine:MaxQueue", "64"), ("Engine:ImageCacheBytes", "0"), ("Engine:PrefixCache", "false"));
        _expected = await AnswerAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.FallsAsync("vlm_num_requests_running", 0);
        await _server.FallsAsync("vlm_num_requests_waiting", 0);
        await _server.FallsAsync("vlm_kv_cache_usage_perc", 0);
        Assert.Equal(_expected, await AnswerAsync());
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(120)]
    public async Task Upload_ClientLeavesAfterSomeBytes_IsForgotten(int bytes)
    {
        using TcpClient socket = await SendAsync(Question, bytes);
        socket.Close();
    }

    [Fact]
    public async Task Upload_FiftyHalfOpenOnes_OthersAreAnswered()
    {
        TcpClient[] halfOpen = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => SendAsync(Question, i)));

        Assert.Equal(_expected, await AnswerAsync());
        Array.ForEach(halfOpen, socket => socket.Dispose());
    }

    [Fact]
    public async Task Queue_ClientLeavesWhileWaiting_GivesItsPlaceUp()
    {
        TcpClient[] running = await Task.WhenAll(SendAsync(Long), SendAsync(Long));
        await _server.ReachesAsync("vlm_num_requests_running", 2);
        using (TcpClient waiting = await SendAsync(Long))
        {
            await _server.ReachesAsync("vlm_num_requests_waiting", 1);
        }

        await _server.FallsAsync("vlm_num_requests_waiting", 0);
        Array.ForEach(running, socket => socket.Dispose());
    }

    [Fact]
    public async Task AnyPhase_SixtyClientsLeaveAtAnyMoment_AreForgotten()
    {
        Random random = new(1);
        for (int i = 0; i < 60; i++)
        {
            using TcpClient socket = await SendAsync(i % 2 == 0 ? Long : Question);
            await Task.Delay(random.Next(12)); // decoding, encoding, prefill or decode, as it happens
        }
    }

    [Fact]
    public async Task Decode_ClientLeavesAfterTheFirstPiece_IsForgotten()
    {
        using TcpClient socket = await SendAsync(Long);
        byte[] some = new byte[32];
        Assert.NotEqual(0, await socket.GetStream().ReadAsync(some));
    }

    [Fact]
    public async Task Decode_ClientsThatNeverRead_HoldNobodyUp()
    {
        TcpClient[] silent = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SendAsync(Long)));

        Assert.Equal(_expected, await AnswerAsync());
        Array.ForEach(silent, socket => socket.Dispose());
    }

    /// <summary>Sends a request, or only so many bytes of its body, and leaves the connection open.</summary>
    private async Task<TcpClient> SendAsync(string body, int? bytes = null)
    {
        TcpClient socket = new();
        await socket.ConnectAsync(_server.Client.BaseAddress!.Host, _server.Client.BaseAddress.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body[..(bytes ?? body.Length)]}"));
        return socket;
    }

    private async Task<string> AnswerAsync() =>
        (await (await _server.Client.ChatAsync(Question)).JsonAsync()).GetProperty("token_ids").GetRawText();
}
