using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vlm.Api.Tests;

/// <summary>OpenAI's form against the real engine.</summary>
public sealed class CompletionServerTests : IAsyncLifetime
{
    private TinyServer _server = null!;

    public async Task InitializeAsync() => _server = await TinyServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Complete_SameQuestion_HasTheAnswerOfChatStreamedOrNot()
    {
        const string chat = $$"""{"prompt": "What?", "image": "{{Http.Picture}}", "merge": "pitome:0.9", "max_tokens": 12}""";
        const string common =
            $$$"""
            "messages": [{"role": "user", "content": [
              {"type": "image_url", "image_url": {"url": "data:image/png;base64,{{{Http.Picture}}}"}}, {"type": "text", "text": "What?"}]}],
            "merge": "pitome:0.9", "max_tokens": 12, "temperature": 0
            """;

        string expected = (await (await _server.Client.ChatAsync(chat)).JsonAsync()).GetProperty("answer").GetString()!;
        string whole = Content((await CompleteAsync("{" + common + "}")).GetProperty("choices")[0]);
        List<string> chunks = await (await _server.Client.CompleteAsync("{" + common + ", \"stream\": true}")).DataAsync();

        Assert.Equal(expected, whole);
        Assert.Equal(expected, string.Concat(chunks.SkipLast(1).Select(c =>
            JsonElement.Parse(c).GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out JsonElement t) ? t.GetString() : "")));
    }

    [Fact]
    public async Task Chat_SameQuestionAgain_SaysWhatWasCachedAndAnswersTheSame()
    {
        const string chat = $$"""{"prompt": "What is in the picture?", "image": "{{Http.Picture}}", "max_tokens": 8}""";

        JsonElement first = await (await _server.Client.ChatAsync(chat)).JsonAsync();
        JsonElement again = await (await _server.Client.ChatAsync(chat)).JsonAsync();

        Assert.Equal(0, first.GetProperty("usage").GetProperty("cached_tokens").GetInt32());
        Assert.InRange(again.GetProperty("usage").GetProperty("cached_tokens").GetInt32(), 16, 500);
        Assert.True(again.GetProperty("usage").GetProperty("images")[0].GetProperty("cached").GetBoolean());
        Assert.Equal(first.GetProperty("answer").GetString(), again.GetProperty("answer").GetString());
    }

    [Fact]
    public async Task Chat_CachesOnAndOffOneByOneAndAllAtOnceStreamedOrNot_HasTheSameIds()
    {
        await using TinyServer plain = await TinyServer.StartAsync(("Engine:PrefixCache", "false"), ("Engine:ImageCacheBytes", "0"));
        string[] questions = [.. Enumerable.Range(0, 16).Select(Question)];

        List<string> expected = [];
        foreach (string question in questions)
        {
            expected.Add(await IdsAsync(plain.Client, question));
        }

        Assert.Equal(expected, await Task.WhenAll(questions.Select(q => IdsAsync(_server.Client, q))));
        Assert.Equal(expected, await Task.WhenAll(questions.Select(q => IdsAsync(_server.Client, q)))); // now from the caches
        Assert.Equal(expected, await Task.WhenAll(questions.Select(q => StreamedIdsAsync(_server.Client, q))));
        Assert.Equal(expected, await Task.WhenAll(questions.Select(q => StreamedIdsAsync(plain.Client, q))));
    }

    [Fact]
    public async Task Complete_SeveralAnswersWithASeed_AreThoseOfTheSeedsAlone()
    {
        JsonElement together = await CompleteAsync(Sampled(seed: 7, n: 3));

        for (int i = 0; i < 3; i++)
        {
            JsonElement alone = await CompleteAsync(Sampled(seed: 7 + i, n: 1));
            Assert.Equal(Content(alone.GetProperty("choices")[0]), Content(together.GetProperty("choices")[i]));
        }
    }

    [Fact]
    public async Task Complete_JsonSchema_IsSatisfied()
    {
        JsonElement answer = await CompleteAsync(
            """
            {"messages": [{"role": "user", "content": "Describe"}], "max_tokens": 60, "seed": 5, "response_format": {
              "type": "json_schema", "json_schema": {"name": "thing", "strict": true, "schema": {
                "type": "object", "properties": {"colour": {"enum": ["red", "blue"]}, "sides": {"type": "integer"}},
                "required": ["colour", "sides"], "additionalProperties": false}}}}
            """);

        JsonElement choice = answer.GetProperty("choices")[0];
        JsonNode thing = JsonNode.Parse(Content(choice))!;
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Matches("^(red|blue)$", thing["colour"]!.GetValue<string>());
        Assert.InRange(thing["sides"]!.GetValue<long>(), long.MinValue, long.MaxValue);
    }

    [Theory]
    [InlineData("""{"type": "string", "enum": ["a", "b"], "nullable": true}""", "^(null|\"[ab]\")$")]
    [InlineData("""{"type": "integer", "minimum": 17, "exclusiveMaximum": 20}""", "^1[789]$")]
    [InlineData("""{"type": "number", "minimum": 0, "maximum": 1, "multipleOf": 0.25}""", "^(0|1|[01]\\.00?|0\\.[27]5|0\\.50?)$")]
    [InlineData("""{"type": "string", "pattern": "^[A-Z]{2}-\\d{3}$"}""", "^\"[A-Z]{2}-[0-9]{3}\"$")]
    [InlineData("""{"type": "string", "pattern": "\\d$", "minLength": 2, "maxLength": 3}""", "^\"(.|\\\\.|\\\\u00..){1,2}[0-9]\"$")]
    [InlineData("""{"type": "string", "format": "date"}""", "^\"[0-9]{4}-[01][0-9]-[0-3][0-9]\"$")]
    [InlineData("""{"allOf": [{"$ref": "#/$defs/id"}, {"properties": {"k": {"const": 1}}, "required": ["k"]}], "$defs": {"id": {"type": "object", "properties": {"id": {"type": "integer", "maximum": -5}}, "required": ["id"]}}}""",
        "^\\{\\s*\"id\":\\s*-([5-9]|[1-9][0-9]+)\\s*,\\s*\"k\":\\s*1\\s*\\}$")]
    public async Task Complete_SchemaOfEachKeyword_IsSatisfiedBySeveralAnswers(string schema, string expected)
    {
        JsonElement answer = await CompleteAsync(
            $$$"""
            {"messages": [{"role": "user", "content": "Say it"}], "max_tokens": 80, "seed": 1, "n": 4,
             "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {{{schema}}} } } }
            """);

        Assert.All(answer.GetProperty("choices").EnumerateArray(), choice =>
        {
            Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
            Assert.Matches(expected, Content(choice).Trim());
        });
    }

    [Fact]
    public async Task Complete_WithoutALimit_EndsWithinTheContext()
    {
        JsonElement usage = (await CompleteAsync("""{"messages": [{"role": "user", "content": "Go on"}], "temperature": 0}""")).GetProperty("usage");

        Assert.InRange(usage.GetProperty("total_tokens").GetInt32(), 1, 512);
    }

    [Fact]
    public async Task Complete_Logprobs_AreOnePerTokenWithItsAlternatives()
    {
        JsonElement choice = (await CompleteAsync(
            """{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5, "temperature": 0, "logprobs": true, "top_logprobs": 3}"""))
            .GetProperty("choices")[0];

        JsonElement[] tokens = [.. choice.GetProperty("logprobs").GetProperty("content").EnumerateArray()];
        Assert.InRange(tokens.Length, 1, 5);
        Assert.All(tokens, t =>
        {
            Assert.Equal(3, t.GetProperty("top_logprobs").GetArrayLength());
            Assert.Equal(t.GetProperty("logprob").GetDouble(), t.GetProperty("top_logprobs")[0].GetProperty("logprob").GetDouble());
            Assert.NotEqual(0, t.GetProperty("bytes").GetArrayLength());
        });
    }

    private static string Sampled(int seed, int n) =>
        $$"""{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 8, "seed": {{seed}}, "n": {{n}}}""";

    private static string Question(int i) =>
        $$"""
        {"prompt": "{{(i % 2 == 0 ? "What is in the picture?" : "What is it?")}}", "image": "{{Http.Picture}}", "max_tokens": 8,
         "merge": "{{(i % 3 == 0 ? "none" : "pitome:0.9")}}", "temperature": {{i % 2}}, "seed": {{i}}, "return_token_ids": true}
        """;

    private static async Task<string> IdsAsync(HttpClient client, string json) =>
        (await (await client.ChatAsync(json)).JsonAsync()).GetProperty("token_ids").GetRawText();

    private static async Task<string> StreamedIdsAsync(HttpClient client, string json)
    {
        string streamed = json.TrimEnd().TrimEnd('}') + ", \"stream\": true}";
        return (await (await client.ChatAsync(streamed)).FramesAsync())[^1].Data.GetProperty("token_ids").GetRawText();
    }

    private static string Content(JsonElement choice) => choice.GetProperty("message").GetProperty("content").GetString()!;

    private async Task<JsonElement> CompleteAsync(string json)
    {
        HttpResponseMessage answer = await _server.Client.CompleteAsync(json);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }
}
