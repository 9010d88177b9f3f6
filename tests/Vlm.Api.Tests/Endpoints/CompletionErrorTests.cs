using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Engine;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>Errors under /v1 are what OpenAI's clients read, and problems of RFC 9457 as well.</summary>
public sealed class CompletionErrorTests : IAsyncDisposable
{
    private const string Hi = """{"messages": [{"role": "user", "content": "Hi"}]}""";
    private readonly ApiApplication _app = new();

    [Theory]
    [InlineData("{}", "messages")]
    [InlineData("""{"messages": []}""", "messages")]
    [InlineData("""{"messages": "Hi"}""", "messages")]
    [InlineData("""{"messages": [{"role": "robot", "content": "Hi"}]}""", "messages[0].role")]
    [InlineData("""{"messages": [{"role": "user"}]}""", "messages[0].content")]
    [InlineData("""{"messages": [{"role": "user", "content": null}]}""", "messages[0].content")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "video"}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}""", "messages[0].content[0].image_url.url")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "%%"}}]}]}""", "messages[0].content[0].image_url.url")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "a"}]}""", "messages")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}, {"role": "user", "content": "c"}]}""", "messages[1].role")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "n": 0}""", "n")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "temperature": 3}""", "temperature")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "max_completion_tokens": 5000}""", "max_completion_tokens")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5000}""", "max_tokens")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "top_logprobs": 2}""", "top_logprobs")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "stream_options": {"include_usage": true}}""", "stream_options")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "stop": ["a", "b", "c", "d", "e"]}""", "stop")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "merge": "magic:0.9"}""", "merge")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "presence_penalty": 3}""", "presence_penalty")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function"}]}""", "tools")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "response_format": {"type": "xml"}}""", "response_format.type")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "response_format": {"type": "json_schema"}}""", "response_format.json_schema")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "response_format": {"type": "json_schema", "json_schema": {"name": "x"}}}""", "response_format.json_schema.schema")]
    [InlineData("""{"messages": [{"role": "user", "content": "Hi"}], "response_format": {"type": "json_schema", "json_schema": {"schema": {"pattern": "(?=x)"}}}}""", "response_format.json_schema.schema")]
    [InlineData("""{"messages": [{"role": "user", "content": ""}]}""", "messages[0].content")]
    [InlineData("""{"messages": [{"role": "system", "content": ""}]}""", "messages")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": null, "tool_calls": [{}]}, {"role": "user", "content": "b"}]}""", "messages[1].content")]
    [InlineData("""{"messages": [{"role": "user", "content": "a"}, {"role": "tool", "content": "1", "tool_call_id": "x"}, {"role": "user", "content": "b"}]}""", "messages[1].role")]
    public async Task Complete_WrongField_Is400AndNamed(string json, string param)
    {
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement error = await (await client.CompleteAsync(json)).OpenAiErrorAsync(400);

        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Empty(_app.Model.Asked);
    }

    [Fact]
    public async Task Complete_SchemaThatIsTooLarge_Is400AndSaysHowLarge()
    {
        HttpClient client = await _app.ReadyClientAsync();
        string schema = $$"""{"enum": [{{string.Join(',', Enumerable.Range(0, 100_000))}}]}""";

        JsonElement error = await (await client.CompleteAsync(
            Hi[..^1] + """, "response_format": {"type": "json_schema", "json_schema": {"schema": """ + schema + "}}}")).OpenAiErrorAsync(400);

        Assert.Equal("response_format.json_schema.schema", error.GetProperty("param").GetString());
        Assert.Equal("response_format.json_schema.schema: schema: expected at most 65536 bytes, found 588901.", error.GetProperty("message").GetString());
        Assert.Empty(_app.Model.Asked);
    }

    [Theory]
    [InlineData("\"frequency_penalty\": 2.5", "frequency_penalty: expected -2 to 2, found 2.5.")]
    [InlineData("\"tools\": [{\"type\": \"function\"}]", "tools: expected none, or tool_choice to be 'none', since the model calls no tools, found 1.")]
    [InlineData("\"tools\": [{}, {}], \"tool_choice\": \"auto\"", "tools: expected none, or tool_choice to be 'none', since the model calls no tools, found 2.")]
    [InlineData("\"tools\": [{}], \"tool_choice\": {\"type\": \"function\"}", "tools: expected none, or tool_choice to be 'none', since the model calls no tools, found 1.")]
    [InlineData("\"modalities\": [\"text\", \"audio\"]", "modalities[1]: expected one of text, found 'audio'.")]
    [InlineData("\"functions\": [{}]", "functions: expected none, or function_call to be 'none', since the model calls no tools, found 1.")]
    [InlineData("\"logit_bias\": {\"50256\": -100}", "logit_bias.50256: expected a token id from 0 to 31999 as the name.")]
    [InlineData("\"logit_bias\": {\"a\": 1}", "logit_bias.a: expected a token id from 0 to 31999 as the name.")]
    [InlineData("\"logit_bias\": {\"1\": 101}", "logit_bias.1: expected -100 to 100, found 101.")]
    [InlineData("\"logit_bias\": {\"1\": 1, \"1\": 2}", "logit_bias.1: expected once, found again.")]
    [InlineData("\"logit_bias\": {\"1\": \"x\"}", "logit_bias.1: expected a finite number, found 'x'.")]
    [InlineData("\"logit_bias\": []", "logit_bias: expected an object, found an array.")]
    [InlineData("\"stop\": 5", "stop: expected a string or an array, found 5.")]
    [InlineData("\"stop\": {}", "stop: expected a string or an array, found an object.")]
    [InlineData("\"merge\": []", "merge: expected a string or an object, found an array.")]
    public async Task Complete_WhatCannotBe_SaysWhatCan(string field, string detail)
    {
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement error = await (await client.CompleteAsync($$$"""{"messages": [{"role": "user", "content": "Hi"}], {{{field}}}}""")).OpenAiErrorAsync(400);

        Assert.Equal(detail, error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Complete_SeveralWrongFields_AreAllListed()
    {
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement problem = await (await client.CompleteAsync("""{"messages": [], "n": 99, "seed": 1.5}""")).ProblemAsync(400);

        Assert.Equal(["messages", "n", "seed"], problem.Errors().Keys);
    }

    [Fact]
    public async Task Complete_UnknownModel_Is404WithItsCode()
    {
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement error = await (await client.CompleteAsync(
            """{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}""")).OpenAiErrorAsync(404);

        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Equal("model", error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Complete_PictureByUrl_Is422()
    {
        HttpClient client = await _app.ReadyClientAsync();

        await (await client.CompleteAsync(
            """{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://example.com/a.png"}}]}]}"""))
            .OpenAiErrorAsync(422);
    }

    [Fact]
    public async Task Complete_ContextExceeded_HasItsCode()
    {
        ChatInputException error = new("max_tokens", "max_tokens: expected fewer, found more.") { ExceedsContext = true };

        JsonElement found = await FailAsync(error, 400);

        Assert.Equal("context_length_exceeded", found.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Complete_QueueFull_IsARateLimitError()
    {
        JsonElement found = await FailAsync(new QueueFullException(64), 429);

        Assert.Equal("rate_limit_error", found.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Complete_Form_Is415()
    {
        HttpClient client = await _app.ReadyClientAsync();
        using MultipartFormDataContent form = [];
        form.Add(new StringContent("Hi"), "prompt");

        await (await client.PostAsync("/v1/chat/completions", form)).OpenAiErrorAsync(415);
    }

    [Theory]
    [InlineData("/v1/models/none")]
    [InlineData("/v1/nothing")]
    public async Task V1_OtherErrors_AreInOpenAisFormToo(string path)
    {
        HttpClient client = await _app.ReadyClientAsync();

        await (await client.GetAsync(path)).OpenAiErrorAsync(404);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<JsonElement> FailAsync(Exception error, int status)
    {
        _app.Model.Chat = (_, _) => FakeModel.Failing(error);
        HttpClient client = await _app.ReadyClientAsync();
        return await (await client.CompleteAsync(Hi)).OpenAiErrorAsync(status);
    }
}
