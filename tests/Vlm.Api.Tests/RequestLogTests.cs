using Microsoft.Extensions.Logging;

namespace Vlm.Api.Tests;

public sealed class RequestLogTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Log_OfAnAnswer_HasCountsAndIds()
    {
        HttpClient client = await _app.ReadyClientAsync();

        await client.ChatAsync("""{"prompt": "a"}""");

        LogLine line = await _app.Logs.NextAsync(1101);
        Assert.Equal(LogLevel.Information, line.Level);
        Assert.Matches(
            @"^POST /chat 200 in [0-9.]+ ms, trace [0-9a-f]{32}, chat-0{31}1: 72 \+ 2 tokens, 1 pictures, Stop \|", line.Text);
    }

    [Theory]
    [InlineData("/chat", """{"prompt": "a"}""", 1101)]
    [InlineData("/v1/chat/completions", "{}", 1100)]
    public async Task Answer_WellOrNot_HasTheTraceIdOfTheLogAsItsRequestId(string path, string body, int line)
    {
        HttpClient client = await _app.ReadyClientAsync();

        HttpResponseMessage answer = await client.PostAsync(path, new StringContent(body, null, "application/json"));

        string id = Assert.Single(answer.Headers.GetValues("X-Request-Id"));
        Assert.Contains(id, (await _app.Logs.NextAsync(line)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_OfARefusal_HasTheTraceIdOfTheProblem()
    {
        HttpClient client = await _app.ReadyClientAsync();

        string trace = (await (await client.ChatAsync("{}")).ProblemAsync(400)).GetProperty("trace_id").GetString()!;

        LogLine line = await _app.Logs.NextAsync(1100);
        Assert.Matches($@"^POST /chat 400 in [0-9.]+ ms, trace {trace} \|", line.Text);
    }

    [Theory]
    [InlineData("""{"prompt": "SECRET-prompt", "image": "U0VDUkVULXBpY3R1cmU="}""")]
    [InlineData("""{"prompt": "SECRET-prompt", "stream": true}""")]
    [InlineData("""{"prompt": "SECRET-prompt", "SECRET-field": 1, "template": "SECRET-value"}""")]
    [InlineData("""{"SECRET-malformed": """)]
    [InlineData("""{"prompt": "SECRET-prompt", "choices": ["SECRET-yes", "SECRET-no"], "stop": "SECRET-stop"}""")]
    public async Task Log_OfAnyRequest_HasNoContent(string json)
    {
        _app.Model.Chat = (_, _) => FakeModel.Events("SECRET-answer");
        HttpClient client = await _app.ReadyClientAsync();

        using HttpResponseMessage answer = await client.PostAsync(
            "/chat?SECRET-query=1", new StringContent(json, null, "application/json"));
        await answer.Content.ReadAsStringAsync();
        await _app.Logs.NextAsync(answer.IsSuccessStatusCode ? 1101 : 1100);

        Assert.NotEmpty(_app.Logs.Lines);
        Assert.DoesNotContain(_app.Logs.Lines.Where(l => l.Id is >= 1000 and < 2000), l => HasSecret(l));
        Assert.DoesNotContain(_app.Logs.Lines.Where(l => l.Level >= LogLevel.Warning), l => HasSecret(l));
    }

    [Fact]
    public async Task Log_OfAPathWithLineBreaks_StaysOneLine()
    {
        HttpClient client = await _app.ReadyClientAsync();

        await client.GetAsync("/x%0Aforged%20line");

        Assert.Contains("GET /x%0Aforged%20line 404", (await _app.Logs.NextAsync(1100)).Text, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static bool HasSecret(LogLine line) =>
        $"{line.Text} {line.Error}" is var text
        && (text.Contains("SECRET", StringComparison.Ordinal) || text.Contains("U0VDUkVU", StringComparison.Ordinal));
}
