using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>What comes back when the chat service or the engine refuses or fails.</summary>
public sealed class ChatErrorTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Chat_QueueFull_Is429WithRetryAfter()
    {
        (HttpResponseMessage answer, JsonElement problem) = await FailAsync(new QueueFullException(64), 429);

        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
        Assert.Equal("Engine: expected at most 64 requests, running and waiting, found 65.", problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("/chat")]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/embeddings")]
    [InlineData("/merge/preview")]
    public async Task Ask_QueueFullAlready_Is429WithoutReadingTheBody(string route)
    {
        HttpClient client = await _app.ReadyClientAsync();
        _app.Model.Load = _app.Model.Load with { Waiting = 1, Running = 2, MaxRequests = 3 };

        HttpResponseMessage answer = await client.PostAsync(route, new StringContent("{ malformed", null, "application/json"));

        await answer.ProblemAsync(429);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData(16, 8, 30_000, 10)] // 24 leave in 30 s, so the 8 that wait have begun in 10
    [InlineData(16, 8, 700, 1)]
    [InlineData(4, 0, 8_000, 2)]
    public async Task Chat_QueueFullAfterAnswers_IsToldWhenThoseThatWaitWillHaveBegun(int running, int waiting, double answerMs, int seconds)
    {
        HttpClient client = await _app.ReadyClientAsync();
        _app.Model.Chat = (_, _) => Took(answerMs);
        Assert.True((await client.ChatAsync("""{"prompt": "a"}""")).IsSuccessStatusCode);
        _app.Model.Load = _app.Model.Load with { Waiting = waiting, Running = running, MaxRequests = running + waiting };

        HttpResponseMessage answer = await client.ChatAsync("""{"prompt": "a"}""");

        await answer.ProblemAsync(429);
        Assert.Equal(TimeSpan.FromSeconds(seconds), answer.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Chat_EngineStopped_Is503WithRetryAfter()
    {
        (HttpResponseMessage answer, _) = await FailAsync(new EngineUnavailableException(EngineStatus.Stopped), 503);

        Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
    }

    [Theory]
    [InlineData(ImageErrorReason.Empty, 400)]
    [InlineData(ImageErrorReason.UnknownFormat, 400)]
    [InlineData(ImageErrorReason.Truncated, 400)]
    [InlineData(ImageErrorReason.Corrupt, 400)]
    [InlineData(ImageErrorReason.ZeroSize, 400)]
    [InlineData(ImageErrorReason.TooManyPixels, 413)]
    [InlineData(ImageErrorReason.TooManyBytes, 413)]
    [InlineData(ImageErrorReason.TooManyFrames, 413)]
    [InlineData(ImageErrorReason.FormatNotAllowed, 422)]
    public async Task Chat_BadPicture_HasTheStatusOfItsReason(ImageErrorReason reason, int status)
    {
        ImageException cause = new(reason, "picture: expected one thing, found another.");

        (_, JsonElement problem) = await FailAsync(new ChatInputException("images[0]", cause.Message, cause), status);

        Assert.Equal(cause.Message, problem.Errors()["image"]);
        Assert.Equal(cause.Message, problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(0, "messages[0].content[1].image")]
    [InlineData(1, "images[0]")]
    public async Task Chat_BadPictureOfMessages_IsNamedByItsPlace(int index, string field)
    {
        ImageException cause = new(ImageErrorReason.Corrupt, "picture: expected valid PNG data, found none.");
        _app.Model.Chat = (_, _) => FakeModel.Failing(new ChatInputException($"images[{index}]", cause.Message, cause));
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement problem = await (await client.ChatAsync(
            """
            {"images": ["AAAA"], "messages": [{"role": "user", "content": [
              {"type": "text", "text": "a"}, {"type": "image", "image": "AAAA"}, {"type": "image"}]}]}
            """)).ProblemAsync(400);

        Assert.Equal([field], problem.Errors().Keys);
    }

    [Theory]
    [InlineData("max_tokens", "max_tokens")]
    [InlineData("messages", "prompt")]
    public async Task Chat_PromptAboveTheContext_Is400(string field, string named)
    {
        const string message = "prompt and max_tokens: expected at most 4096 tokens together, found 4000 + 128.";

        (_, JsonElement problem) = await FailAsync(new ChatInputException(field, message), 400);

        Assert.Equal(message, problem.Errors()[named]);
    }

    [Fact]
    public async Task Chat_UnexpectedError_Is500WithTheTraceIdOnly()
    {
        InvalidOperationException error = new("secret: weights at /srv/model");

        (_, JsonElement problem) = await FailAsync(error, 500);

        Assert.Equal(["type", "title", "status", "trace_id"], problem.EnumerateObject().Select(m => m.Name));
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
        LogLine line = await _app.Logs.NextAsync(1200);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Same(error, line.Error);
        Assert.Contains(problem.GetProperty("trace_id").GetString()!, line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_BodyThatTheServerCutsOff_Is413()
    {
        (_, JsonElement problem) = await FailAsync(new BadHttpRequestException("Request body too large.", 413), 413);

        Assert.Equal("Request body too large.", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Chat_AfterAnyError_TheServerStillAnswers()
    {
        HttpClient client = (await FailAsync(new InvalidOperationException(), 500)).Client;
        _app.Model.Chat = (_, _) => FakeModel.Events("fine");

        Assert.Equal("fine", (await (await client.ChatAsync("""{"prompt": "a"}""")).JsonAsync()).GetProperty("answer").GetString());
    }

    [Theory]
    [InlineData("GET", "/chat", 405)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("POST", "/v1/models", 405)]
    public async Task Router_WrongPathOrMethod_IsAProblem(string method, string path, int status)
    {
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement problem = await (await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).ProblemAsync(status);

        Assert.Empty(problem.Errors());
        Assert.StartsWith($"{method} {path}: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<Failed> FailAsync(Exception error, int status)
    {
        _app.Model.Chat = (_, _) => FakeModel.Failing(error);
        HttpClient client = await _app.ReadyClientAsync();
        HttpResponseMessage answer = await client.ChatAsync($$"""{"prompt": "a", "image": "{{Http.Picture}}"}""");
        return new(answer, await answer.ProblemAsync(status), client);
    }

    private static async IAsyncEnumerable<ChatEvent> Took(double milliseconds)
    {
        await Task.Yield();
        ChatResult result = FakeModel.Result("a");
        yield return new ChatEvent.Done(result with { Timings = result.Timings with { TotalMs = milliseconds } });
    }

    private sealed record Failed(HttpResponseMessage Answer, JsonElement Problem, HttpClient Client)
    {
        public void Deconstruct(out HttpResponseMessage answer, out JsonElement problem) => (answer, problem) = (Answer, Problem);
    }
}
