using System.Runtime.CompilerServices;
using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Engine;

namespace Vlm.Api.Tests.Endpoints;

public sealed class ChatStreamTests : IAsyncDisposable
{
    private const string Ask = """{"prompt": "Hi", "stream": true}""";
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Stream_Pieces_ConcatenateToTheAnswerOfTheLastFrame()
    {
        HttpClient client = await _app.ReadyClientAsync();

        List<Frame> frames = await (await client.ChatAsync(Ask)).FramesAsync();

        Assert.Equal(["token", "token", "token", "done"], frames.Select(f => f.Event));
        string pieces = string.Concat(frames.SkipLast(1).Select(f => f.Data.GetProperty("text").GetString()));
        Assert.Equal("Hello wörld 🙂", pieces);
        Assert.Equal(pieces, frames[^1].Data.GetProperty("answer").GetString());
    }

    [Fact]
    public async Task Stream_DoneFrame_IsTheObjectThatTheUnstreamedAnswerIs()
    {
        HttpClient client = await _app.ReadyClientAsync();

        string plain = await (await client.ChatAsync("""{"prompt": "Hi"}""")).Content.ReadAsStringAsync();
        List<Frame> frames = await (await client.ChatAsync(Ask)).FramesAsync();

        Assert.Equal(plain, frames[^1].Data.GetRawText());
    }

    [Fact]
    public async Task Stream_TextWithLineBreaks_StaysOneFrame()
    {
        _app.Model.Chat = (_, _) => FakeModel.Events("a\n\ndata: {}\r\nevent: done\n\n", "b");
        HttpClient client = await _app.ReadyClientAsync();

        List<Frame> frames = await (await client.ChatAsync(Ask)).FramesAsync();

        Assert.Equal(["token", "token", "done"], frames.Select(f => f.Event));
        Assert.Equal("a\n\ndata: {}\r\nevent: done\n\n", frames[0].Data.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Stream_IsNotCached()
    {
        HttpClient client = await _app.ReadyClientAsync();

        HttpResponseMessage answer = await client.ChatAsync(Ask);

        Assert.True(answer.Headers.CacheControl?.NoCache);
        Assert.Equal(["no"], answer.Headers.GetValues("X-Accel-Buffering"));
    }

    [Fact]
    public async Task Stream_RefusalBeforeTheFirstPiece_IsAnOrdinaryError()
    {
        _app.Model.Chat = (_, _) => FakeModel.Failing(new QueueFullException(64));
        HttpClient client = await _app.ReadyClientAsync();

        await (await client.ChatAsync(Ask)).ProblemAsync(429);
    }

    [Fact]
    public async Task Stream_ErrorAfterTheFirstPiece_IsTheLastFrame()
    {
        _app.Model.Chat = (_, _) => FakeModel.Failing(new InvalidOperationException("secret detail"), "Hel", "lo");
        HttpClient client = await _app.ReadyClientAsync();

        List<Frame> frames = await (await client.ChatAsync(Ask)).FramesAsync();

        Assert.Equal(["token", "token", "error"], frames.Select(f => f.Event));
        JsonElement problem = frames[^1].Data;
        Assert.Equal(500, problem.GetProperty("status").GetInt32());
        Assert.False(problem.TryGetProperty("detail", out _));
        Assert.NotEmpty(problem.GetProperty("trace_id").GetString()!);
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_EngineStopsInMidAnswer_EndsWithA503Event()
    {
        _app.Model.Chat = (_, _) => FakeModel.Failing(new EngineUnavailableException(EngineStatus.Stopped), "Hel");
        HttpClient client = await _app.ReadyClientAsync();

        List<Frame> frames = await (await client.ChatAsync(Ask)).FramesAsync();

        Assert.Equal(503, frames[^1].Data.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Stream_Pieces_ArriveBeforeTheAnswerIsComplete()
    {
        TaskCompletionSource rest = new();
        _app.Model.Chat = (_, _) => PieceThenWait(rest.Task);
        HttpClient client = await _app.ReadyClientAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "/chat")
        {
            Content = new StringContent(Ask, System.Text.Encoding.UTF8, "application/json"),
        };

        using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using StreamReader reader = new(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("event: token", await reader.ReadLineAsync());
        Assert.Equal("""data: {"text":"first"}""", await reader.ReadLineAsync());

        rest.SetResult(); // only now the model goes on
        Assert.Contains("event: done", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chat_ClientLeaves_CancelsTheWorkAndLogs499(bool stream)
    {
        TaskCompletionSource started = new(), cancelled = new();
        _app.Model.Chat = (_, cancel) => UntilCancelled(started, cancelled, cancel);
        HttpClient client = await _app.ReadyClientAsync();
        using CancellationTokenSource leave = new();
        StringContent body = new($$"""{"prompt": "Hi", "stream": {{(stream ? "true" : "false")}}}""", null, "application/json");

        Task<HttpResponseMessage> sent = client.PostAsync("/chat", body, leave.Token);
        await started.Task;
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Contains("POST /chat 499", (await _app.Logs.NextAsync(1100)).Text, StringComparison.Ordinal);
        _app.Model.Chat = (_, _) => FakeModel.Events("still here");
        Assert.True((await client.ChatAsync("""{"prompt": "Hi"}""")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Chat_DeadlineBeforeTheAnswer_Is408()
    {
        TaskCompletionSource started = new(), cancelled = new();
        _app.Model.Chat = (_, cancel) => UntilCancelled(started, cancelled, cancel);
        HttpClient client = await _app.ReadyClientAsync();

        Task<HttpResponseMessage> sent = client.ChatAsync("""{"prompt": "Hi"}""");
        await started.Task;
        _app.Clock.FireTimers();

        JsonElement problem = await (await sent).ProblemAsync(408);
        Assert.Equal("request: expected an end within 600 s, found it still running.", problem.GetProperty("detail").GetString());
        await cancelled.Task;
    }

    [Fact]
    public async Task Stream_DeadlineAfterTheFirstPiece_EndsWithA408Event()
    {
        TaskCompletionSource started = new(), cancelled = new();
        _app.Model.Chat = (_, cancel) => UntilCancelled(started, cancelled, cancel, "first");
        HttpClient client = await _app.ReadyClientAsync();

        Task<HttpResponseMessage> sent = client.ChatAsync(Ask);
        await started.Task;
        _app.Clock.FireTimers();

        List<Frame> frames = await (await sent).FramesAsync();
        Assert.Equal(["token", "error"], frames.Select(f => f.Event));
        Assert.Equal(408, frames[^1].Data.GetProperty("status").GetInt32());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async IAsyncEnumerable<ChatEvent> PieceThenWait(Task rest)
    {
        yield return new ChatEvent.Piece("first");
        await rest;
        yield return new ChatEvent.Done(FakeModel.Result("first"));
    }

    private static async IAsyncEnumerable<ChatEvent> UntilCancelled(
        TaskCompletionSource started,
        TaskCompletionSource cancelled,
        [EnumeratorCancellation] CancellationToken cancel,
        params string[] pieces)
    {
        foreach (string piece in pieces)
        {
            yield return new ChatEvent.Piece(piece);
        }

        started.TrySetResult();
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
