using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Api.Tests.Endpoints;

public sealed class CompletionTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Complete_Text_AnswersInOpenAisForm()
    {
        HttpClient client = await _app.ReadyClientAsync();

        HttpResponseMessage answer = await client.CompleteAsync("""{"model": "scenes", "messages": [{"role": "user", "content": "Hi"}]}""");

        JsonNode found = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True(answer.IsSuccessStatusCode, found.ToJsonString());
        Assert.Matches("^chatcmpl-[0-9a-f]{32}$", found["id"]!.GetValue<string>());
        Assert.Equal(_app.Clock.GetUtcNow().ToUnixTimeSeconds(), found["created"]!.GetValue<long>(), 60.0);
        found["id"] = "ID";
        found["created"] = 0;
        JsonNode? expected = JsonNode.Parse(
            """
            {"id": "ID", "object": "chat.completion", "created": 0, "model": "scenes", "choices": [
              {"index": 0, "message": {"content": "Hello wörld 🙂", "role": "assistant", "refusal": null}, "logprobs": null,
               "finish_reason": "stop"}],
             "usage": {"prompt_tokens": 72, "completion_tokens": 2, "total_tokens": 74, "prompt_tokens_details": {"cached_tokens": 0},
               "images": [{"width": 640, "height": 427, "tokens_full": 576, "tokens": 54, "method": "pitome", "profile": "released",
                           "ratio": 0.9, "cached": false}]}}
            """);
        Assert.True(JsonNode.DeepEquals(expected, found), found.ToJsonString());
    }

    [Fact]
    public async Task Complete_OnlyMessages_HasOpenAisDefaults()
    {
        ChatInput asked = await AskAsync("""{"messages": [{"role": "user", "content": "Hi"}]}""");

        Assert.Equal((1024, true, 1.0, 1.0, 0, null, 0, 1), (
            asked.Sampling.MaxTokens, asked.ClipsMaxTokens, asked.Sampling.Temperature, asked.Sampling.TopP, asked.Sampling.TopK,
            asked.Sampling.Seed, asked.Sampling.Logprobs, asked.NumAnswers));
        Assert.Equal(MergeSpec.None, asked.Merge);
        Assert.Null(asked.Grammar);
    }

    [Fact]
    public async Task Complete_EveryField_ReachesTheChatService()
    {
        ChatInput asked = await AskAsync(
            """
            {"messages": [{"role": "user", "content": "Hi", "name": "Ann"}], "model": "scenes", "merge": "tome/paper:0.95",
             "max_completion_tokens": 7, "max_tokens": 9, "temperature": 0.5, "top_p": 0.25, "top_k": 3, "seed": -1, "stop": "x",
             "template": "llava_v1", "image_geometry": "crop", "n": 3, "logprobs": true, "top_logprobs": 2,
             "response_format": {"type": "json_object"}, "frequency_penalty": 0.5, "presence_penalty": -2, "tools": [], "functions": [],
             "logit_bias": {"5": -100, "17": 2.5}}
            """);

        Assert.Equal(new MergeSpec("tome", "paper", 0.95), asked.Merge);
        Assert.Equal((7, false, 0.5, 0.25, 3, ulong.MaxValue, 2, 3), (
            asked.Sampling.MaxTokens, asked.ClipsMaxTokens, asked.Sampling.Temperature, asked.Sampling.TopP, asked.Sampling.TopK,
            asked.Sampling.Seed, asked.Sampling.Logprobs, asked.NumAnswers));
        Assert.Equal(["x"], asked.Sampling.Stop);
        Assert.Equal((0.5, -2.0), (asked.Sampling.FrequencyPenalty, asked.Sampling.PresencePenalty));
        Assert.Equal(new Dictionary<int, double> { [5] = -100, [17] = 2.5 }, asked.Sampling.LogitBias);
        Assert.Equal((TemplateName.LlavaV1, ImageGeometry.Crop), (asked.Template, asked.Geometry));
        Assert.NotNull(asked.Grammar);
    }

    [Fact]
    public async Task Complete_Conversation_KeepsTurnsAndPartsInOrder()
    {
        ChatInput asked = await AskAsync(
            """
            {"messages": [
              {"role": "developer", "content": [{"type": "text", "text": "Be brief."}]},
              {"role": "user", "content": [
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA", "detail": "high"}},
                {"type": "text", "text": "One"},
                {"type": "image_url", "image_url": "AQEB"}]},
              {"role": "assistant", "content": "red", "refusal": null},
              {"role": "user", "content": "Two"}]}
            """);

        Assert.Equal(["system", "user", "assistant", "user"], asked.Messages.Select(m => m.Role));
        Assert.Equal([new ChatPart.Image(0), new ChatPart.Text("One"), new ChatPart.Image(1)], asked.Messages[1].Content);
        Assert.Equal([[0, 0, 0], [1, 1, 1]], asked.Images);
    }

    [Fact]
    public async Task Complete_UnknownFields_AreIgnored()
    {
        ChatInput asked = await AskAsync(
            """
            {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": {"type": "x"}}], "weight": 1}],
             "user": "ann", "metadata": {"a": 1}, "parallel_tool_calls": true, "store": false, "service_tier": "auto",
             "reasoning_effort": "low", "safety_identifier": "a", "verbosity": "low", "anything": [1], "response_format": {"type": "text"}}
            """);

        Assert.Equal([new ChatPart.Text("Hi")], asked.Messages[0].Content);
        Assert.Null(asked.Grammar);
    }

    [Theory]
    [InlineData("""{"role": "system", "content": ""}""", "user")]
    [InlineData("""{"role": "developer", "content": []}""", "user")]
    [InlineData("""{"role": "system", "content": [{"type": "text", "text": ""}]}, {"role": "system", "content": "Be brief."}""", "system user")]
    [InlineData("""{"role": "user", "content": "a"}, {"role": "system", "content": ""}, {"role": "assistant", "content": ""}""", "user assistant user")]
    public async Task Complete_EmptyMessages_AreAsAbsentOrAnEmptyAnswer(string before, string roles)
    {
        ChatInput asked = await AskAsync($$"""{"messages": [{{before}}, {"role": "user", "content": "Hi"}]}""");

        Assert.Equal(roles.Split(' '), asked.Messages.Select(m => m.Role));
    }

    [Theory]
    [InlineData("""
        "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "none"
        """)]
    [InlineData("""
        "functions": [{"name": "f"}], "function_call": "none"
        """)]
    [InlineData("""
        "tools": [], "tool_choice": "auto"
        """)]
    public async Task Complete_ToolsThatShallNotBeCalled_AreIgnored(string fields)
    {
        ChatInput asked = await AskAsync($$"""{"messages": [{"role": "user", "content": "Hi"}], {{fields}}}""");

        Assert.Equal([new ChatPart.Text("Hi")], asked.Messages[0].Content);
    }

    [Fact]
    public async Task Complete_SeveralAnswers_HaveTheirIndexAndOneUsage()
    {
        _app.Model.Chat = (_, _) => TwoAnswers();
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement found = await (await client.CompleteAsync(
            """{"messages": [{"role": "user", "content": "Hi"}], "n": 2}""")).JsonAsync();

        Assert.Equal(["one", "two"], found.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("message").GetProperty("content").GetString()));
        Assert.Equal([0, 1], found.GetProperty("choices").EnumerateArray().Select(c => c.GetProperty("index").GetInt32()));
        Assert.Equal(72, found.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal(4, found.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(76, found.GetProperty("usage").GetProperty("total_tokens").GetInt32());
    }

    [Fact]
    public async Task Complete_Logprobs_AreThoseOfTheTextsTokens()
    {
        _app.Model.Chat = (_, _) => WithLogprobs();
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement found = await (await client.CompleteAsync(
            """{"messages": [{"role": "user", "content": "Hi"}], "logprobs": true, "top_logprobs": 1}""")).JsonAsync();

        JsonNode? expected = JsonNode.Parse(
            """
            {"content": [{"token": " é", "logprob": -0.5, "bytes": [32, 195, 169],
                          "top_logprobs": [{"token": " e", "logprob": -0.25, "bytes": [32, 101]}]}], "refusal": null}
            """);
        JsonElement logprobs = found.GetProperty("choices")[0].GetProperty("logprobs");
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(logprobs.GetRawText())), logprobs.GetRawText());
    }

    [Theory]
    [InlineData(FinishReason.Stop, "stop")]
    [InlineData(FinishReason.Length, "length")]
    [InlineData(FinishReason.Cancelled, "length")]
    public async Task Complete_FinishReason_IsAWordThatClientsKnow(FinishReason reason, string word)
    {
        _app.Model.Chat = (_, _) => Of(FakeModel.Result("x") with { FinishReason = reason });
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement found = await (await client.CompleteAsync("""{"messages": [{"role": "user", "content": "Hi"}]}""")).JsonAsync();

        Assert.Equal(word, found.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>A result with one token of text and the end mark.</summary>
    internal static ChatResult ResultWithLogprobs() => FakeModel.Result("é") with
    {
        Logprobs =
        [
            new(
                new(10, " é", -0.5) { Bytes = [32, 195, 169] },
                [new(11, " e", -0.25) { Bytes = [32, 101] }, new(10, " é", -0.5) { Bytes = [32, 195, 169] }]),
            new(new(2, "</s>", -0.1) { IsSpecial = true }, []),
        ],
    };

    private static IAsyncEnumerable<ChatEvent> WithLogprobs() => Of(ResultWithLogprobs());

    private static async IAsyncEnumerable<ChatEvent> Of(ChatResult result)
    {
        await Task.Yield();
        yield return new ChatEvent.Done(result);
    }

    private static async IAsyncEnumerable<ChatEvent> TwoAnswers()
    {
        await Task.Yield();
        yield return new ChatEvent.Piece("tw") { Index = 1 };
        yield return new ChatEvent.Done(FakeModel.Result("two")) { Index = 1 };
        yield return new ChatEvent.Done(FakeModel.Result("one")) { Index = 0 };
    }

    private async Task<ChatInput> AskAsync(string json)
    {
        _app.Model.Chat = (input, _) => Several(input.NumAnswers);
        HttpClient client = await _app.ReadyClientAsync();
        HttpResponseMessage answer = await client.CompleteAsync(json);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return Assert.Single(_app.Model.Asked);
    }

    private static async IAsyncEnumerable<ChatEvent> Several(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return new ChatEvent.Done(FakeModel.Result($"{i}")) { Index = i };
        }
    }
}
