using System.Text.Json;
using Vlm.Core.Chat;

namespace Vlm.Api.Tests.Endpoints;

public sealed class CompletionStreamTests : IAsyncDisposable
{
    private const string Ask = """{"messages": [{"role": "user", "content": "Hi"}], "stream": true}""";
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Stream_Chunks_BeginWithTheRoleAndEndWithTheReason()
    {
        List<string> data = await StreamAsync(Ask);

        Assert.Equal("[DONE]", data[^1]);
        JsonElement[] chunks = [.. data.SkipLast(1).Select(d => JsonElement.Parse(d))];
        Assert.All(chunks, c => Assert.Equal("chat.completion.chunk", c.GetProperty("object").GetString()));
        Assert.Single(chunks.Select(c => (c.GetProperty("id").GetString(), c.GetProperty("created").GetInt64())).Distinct());
        JsonElement[] choices = [.. chunks.Select(c => Assert.Single(c.GetProperty("choices").EnumerateArray()))];
        Assert.Equal("""{"role":"assistant","content":""}""", choices[0].GetProperty("delta").GetRawText());
        Assert.Equal("Hello wörld 🙂", string.Concat(choices[1..^1].Select(c => c.GetProperty("delta").GetProperty("content").GetString())));
        Assert.All(choices[..^1], c => Assert.Equal(JsonValueKind.Null, c.GetProperty("finish_reason").ValueKind));
        Assert.Equal("{}", choices[^1].GetProperty("delta").GetRawText());
        Assert.Equal("stop", choices[^1].GetProperty("finish_reason").GetString());
        Assert.All(chunks, c => Assert.False(c.TryGetProperty("usage", out _)));
    }

    [Fact]
    public async Task Stream_IncludeUsage_HasTheCountsInALastChunkWithoutChoices()
    {
        List<string> data = await StreamAsync(
            """{"messages": [{"role": "user", "content": "Hi"}], "stream": true, "stream_options": {"include_usage": true}}""");

        JsonElement last = JsonElement.Parse(data[^2]);
        Assert.Equal("[DONE]", data[^1]);
        Assert.Equal(0, last.GetProperty("choices").GetArrayLength());
        Assert.Equal(74, last.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal(54, last.GetProperty("usage").GetProperty("images")[0].GetProperty("tokens").GetInt32());
        Assert.All(data.SkipLast(2), d => Assert.Equal(JsonValueKind.Null, JsonElement.Parse(d).GetProperty("usage").ValueKind));
    }

    [Fact]
    public async Task Stream_Logprobs_AreThoseOfTheWholeAnswerOnce()
    {
        ChatResult result = CompletionTests.ResultWithLogprobs();
        _app.Model.Chat = (_, _) => PieceWithLogprobs(result);

        List<string> data = await StreamAsync(
            """{"messages": [{"role": "user", "content": "Hi"}], "stream": true, "logprobs": true, "top_logprobs": 1}""");

        var tokens = data.SkipLast(1)
            .Select(d => JsonElement.Parse(d).GetProperty("choices")[0].GetProperty("logprobs"))
            .Where(l => l.ValueKind == JsonValueKind.Object)
            .SelectMany(l => l.GetProperty("content").EnumerateArray());
        Assert.Equal([" é"], tokens.Select(t => t.GetProperty("token").GetString()));
    }

    [Fact]
    public async Task Stream_SeveralAnswers_EachHasItsRoleTextAndReason()
    {
        _app.Model.Chat = (_, _) => Interleaved();

        List<string> data = await StreamAsync("""{"messages": [{"role": "user", "content": "Hi"}], "stream": true, "n": 2}""");

        var byIndex = data.SkipLast(1).Select(d => JsonElement.Parse(d).GetProperty("choices")[0])
            .GroupBy(c => c.GetProperty("index").GetInt32()).OrderBy(g => g.Key);
        Assert.Equal(["ab", "cd"], byIndex.Select(g => string.Concat(
            g.Select(c => c.GetProperty("delta").TryGetProperty("content", out JsonElement t) ? t.GetString() : ""))));
        Assert.All(byIndex, g => Assert.Equal("stop", g.Last().GetProperty("finish_reason").GetString()));
        Assert.All(byIndex, g => Assert.Equal("assistant", g.First().GetProperty("delta").GetProperty("role").GetString()));
    }

    [Fact]
    public async Task Stream_ErrorAfterTheFirstChunk_IsAChunkWithTheErrorAndNoEnd()
    {
        _app.Model.Chat = (_, _) => FakeModel.Failing(new InvalidOperationException("secret detail"), "Hel");

        List<string> data = await StreamAsync(Ask);

        JsonElement error = JsonElement.Parse(data[^1]).GetProperty("error");
        Assert.Equal("server_error", error.GetProperty("type").GetString());
        Assert.DoesNotContain("secret", data[^1], StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async IAsyncEnumerable<ChatEvent> PieceWithLogprobs(ChatResult result)
    {
        await Task.Yield();
        yield return new ChatEvent.Piece("é") { Logprobs = [result.Logprobs![0]] };
        yield return new ChatEvent.Done(result);
    }

    private static async IAsyncEnumerable<ChatEvent> Interleaved()
    {
        await Task.Yield();
        yield return new ChatEvent.Piece("a");
        yield return new ChatEvent.Piece("c") { Index = 1 };
        yield return new ChatEvent.Piece("d") { Index = 1 };
        yield return new ChatEvent.Done(FakeModel.Result("cd")) { Index = 1 };
        yield return new ChatEvent.Piece("b");
        yield return new ChatEvent.Done(FakeModel.Result("ab"));
    }

    private async Task<List<string>> StreamAsync(string json)
    {
        HttpClient client = await _app.ReadyClientAsync();
        return await (await client.CompleteAsync(json)).DataAsync();
    }
}
