using System.Text;
using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Imaging;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>Pictures that are sent once and shown again by name.</summary>
public sealed class ImageIdTests : IAsyncDisposable
{
    private const string Known = """{"prompt": "What?", "image_id": "cat"}""";
    private const string Sent = """{"prompt": "What?", "image": "Qk0A", "image_id": "cat"}""";
    private readonly ApiApplication _app = new(new() { ["Images:NamedBytes"] = "6" });

    [Theory]
    [InlineData("/chat", Known)]
    [InlineData("/chat", """{"messages": [{"role": "user", "content": [{"type": "image", "image_id": "cat"}]}]}""")]
    [InlineData("/chat", """{"messages": [{"role": "user", "content": [{"type": "image"}]}], "image_id": "cat"}""")]
    [InlineData("/v1/chat/completions", """{"messages": [{"role": "user", "content": [{"type": "image_url", "image_id": "cat"}]}]}""")]
    public async Task Ask_NameOfAPictureSentBefore_ShowsThatPicture(string route, string json)
    {
        HttpClient client = await _app.ReadyClientAsync();
        Assert.True((await client.ChatAsync(Sent)).IsSuccessStatusCode);

        HttpResponseMessage answer = await PostAsync(client, route, json);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal("BM\0"u8.ToArray(), Assert.Single(_app.Model.Asked.Last().Images));
    }

    [Theory]
    [InlineData("""{"prompt": "What?", "stream": true, "image": "Qk0A", "image_id": "cat"}""")]
    [InlineData("""{"messages": [{"role": "user", "content": [{"type": "image", "image": "Qk0A", "image_id": "cat"}, {"type": "image", "image_id": "cat"}]}]}""")]
    public async Task Chat_NameGivenInAnyForm_IsKnownLater(string json)
    {
        HttpClient client = await _app.ReadyClientAsync();
        HttpResponseMessage first = await client.ChatAsync(json);
        Assert.True(first.IsSuccessStatusCode, await first.Content.ReadAsStringAsync());

        Assert.True((await client.ChatAsync(Known)).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Completion_PictureWithAName_IsKnownToThePreview()
    {
        HttpClient client = await _app.ReadyClientAsync();
        await client.CompleteAsync(
            """{"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "Qk0A"}, "image_id": "cat"}]}]}""");

        HttpResponseMessage preview = await PostAsync(client, "/merge/preview", """{"image_id": "cat", "merge": "pitome:0.9"}""");

        Assert.True(preview.IsSuccessStatusCode, await preview.Content.ReadAsStringAsync());
        Assert.Equal("BM\0"u8.ToArray(), _app.Model.Shown.Single().Image);
    }

    [Theory]
    [InlineData("""{"image_id": "cat"}""")]
    [InlineData("""{"image_id": "cat", "input": null}""")]
    [InlineData("""{"image_id": "cat", "input": []}""")]
    [InlineData("""{"image_id": "cat", "input": "Qk0A"}""")]
    [InlineData("""{"image_id": "cat", "input": ["Qk0A"]}""")]
    public async Task Embed_NameOfAPictureSentBefore_EmbedsThatPicture(string json)
    {
        HttpClient client = await _app.ReadyClientAsync();
        Assert.True((await client.ChatAsync(Sent)).IsSuccessStatusCode);

        JsonElement found = await (await PostAsync(client, "/v1/embeddings", json)).JsonAsync();

        Assert.Equal(3, found.GetProperty("data")[0].GetProperty("embedding")[2].GetDouble()); // the fake's: the number of bytes
    }

    [Fact]
    public async Task Embed_PictureWithAName_IsKnownToChat()
    {
        HttpClient client = await _app.ReadyClientAsync();
        Assert.True((await PostAsync(client, "/v1/embeddings", """{"input": "Qk0A", "image_id": "cat"}""")).IsSuccessStatusCode);

        Assert.True((await client.ChatAsync(Known)).IsSuccessStatusCode);
        JsonElement problem = await (await PostAsync(client, "/v1/embeddings", """{"input": ["Qk0A", "Qk0A"], "image_id": "dog"}""")).ProblemAsync(400);
        Assert.Equal("expected one picture to name, found 2.", problem.Errors()["image_id"]);
        await (await PostAsync(client, "/v1/embeddings", """{"input": "Qk0B", "image_id": "cat"}""")).ProblemAsync(400);
    }

    [Fact]
    public async Task Upload_FormWithAName_IsKnownLater()
    {
        HttpClient client = await _app.ReadyClientAsync();
        using MultipartFormDataContent form = [];
        form.Add(new StringContent("What?"), "prompt");
        form.Add(new StringContent("cat"), "image_id");
        form.Add(new ByteArrayContent([1, 2]), "image", "cat.png");
        Assert.True((await client.PostAsync("/chat", form)).IsSuccessStatusCode);

        Assert.True((await client.ChatAsync(Known)).IsSuccessStatusCode);
        Assert.Equal([1, 2], Assert.Single(_app.Model.Asked.Last().Images));
    }

    [Theory]
    [InlineData("/chat", Known, "image_id")]
    [InlineData("/merge/preview", """{"image_id": "cat"}""", "image_id")]
    [InlineData("/v1/embeddings", """{"image_id": "cat"}""", "image_id")]
    [InlineData("/v1/chat/completions", """{"messages": [{"role": "user", "content": [{"type": "image_url", "image_id": "cat"}]}]}""", "messages[0].content[0].image_id")]
    public async Task Ask_UnknownName_Is404AndNamed(string route, string json, string field)
    {
        JsonElement problem = await (await PostAsync(await _app.ReadyClientAsync(), route, json)).ProblemAsync(404);

        Assert.Equal([field], problem.Errors().Keys);
        Assert.Equal(
            "expected the name of a picture sent before, found 'cat', unknown or gone by now; send the picture again.",
            problem.Errors()[field]);
    }

    [Fact]
    public async Task Ask_NameThatOthersHavePushedOut_Is404()
    {
        HttpClient client = await _app.ReadyClientAsync();
        await client.ChatAsync(Sent);
        await client.ChatAsync(Sent.Replace("cat", "dog", StringComparison.Ordinal));
        Assert.True((await client.ChatAsync(Known)).IsSuccessStatusCode); // used last
        await client.ChatAsync(Sent.Replace("cat", "cow", StringComparison.Ordinal));

        Assert.True((await client.ChatAsync(Known)).IsSuccessStatusCode);
        await (await client.ChatAsync(Known.Replace("cat", "dog", StringComparison.Ordinal))).ProblemAsync(404);
    }

    [Fact]
    public async Task Ask_AnotherPictureUnderAKnownName_Is400TheSameOneIsFine()
    {
        HttpClient client = await _app.ReadyClientAsync();
        await client.ChatAsync(Sent);

        Assert.True((await client.ChatAsync(Sent)).IsSuccessStatusCode);
        JsonElement problem = await (await client.ChatAsync(Sent.Replace("Qk0A", "Qk0B", StringComparison.Ordinal))).ProblemAsync(400);
        Assert.Equal("expected the picture that 'cat' names already, found another one; take another name.", problem.Errors()["image_id"]);
    }

    [Fact]
    public async Task Ask_PictureThatTurnsOutToBeNone_GivesNoName()
    {
        HttpClient client = await _app.ReadyClientAsync();
        _app.Model.Chat = (_, _) => FakeModel.Failing(new ChatInputException(
            "images[0]", "no picture", new ImageException(ImageErrorReason.Corrupt, "no picture")));
        await (await client.ChatAsync(Sent)).ProblemAsync(400);
        _app.Model.Chat = (_, _) => FakeModel.Events("a");

        await (await client.ChatAsync(Known)).ProblemAsync(404);
        Assert.True((await client.ChatAsync(Sent.Replace("Qk0A", "Qk0B", StringComparison.Ordinal))).IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("a b", "expected text like ^[A-Za-z0-9._:-]{1,128}$, found 'a b'.")]
    [InlineData("", "expected text, found nothing.")]
    public async Task Ask_NameOfOtherCharacters_Is400(string name, string message)
    {
        JsonElement problem = await (await (await _app.ReadyClientAsync()).ChatAsync(
            Known.Replace("cat", name, StringComparison.Ordinal))).ProblemAsync(400);

        Assert.Equal(message, problem.Errors()["image_id"]);
    }

    [Fact]
    public async Task Ask_OneNameForTwoPictures_Is400()
    {
        JsonElement problem = await (await (await _app.ReadyClientAsync()).ChatAsync(
            """{"prompt": "What?", "images": ["Qk0A", "Qk0B"], "image_id": "cat"}""")).ProblemAsync(400);

        Assert.Equal("expected one picture to name, found 2.", problem.Errors()["image_id"]);
    }

    [Fact]
    public async Task Ask_NameOfAnotherKey_Is404()
    {
        await using ApiApplication app = new(new()
        {
            ["Auth:Keys:0:Name"] = "ann",
            ["Auth:Keys:0:Hash"] = Hash("a"),
            ["Auth:Keys:1:Name"] = "bob",
            ["Auth:Keys:1:Hash"] = Hash("b"),
        });
        HttpClient client = await app.ReadyClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "a");
        Assert.True((await client.ChatAsync(Sent)).IsSuccessStatusCode);

        client.DefaultRequestHeaders.Authorization = new("Bearer", "b");
        await (await client.ChatAsync(Known)).ProblemAsync(404);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Hash(string key) =>
        "sha256:" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string route, string json) =>
        client.PostAsync(route, new StringContent(json, Encoding.UTF8, "application/json"));
}
