using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vlm.Api.Tests.Endpoints;

public sealed class EmbeddingTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Embed_OnePicture_AnswersInOpenAisForm()
    {
        HttpResponseMessage answer = await EmbedAsync("""{"model": "scenes", "input": "data:image/png;base64,AAAA"}""");

        JsonNode? expected = JsonNode.Parse(
            """
            {"object": "list", "data": [{"index": 0, "embedding": [0.6, -0.8, 3], "object": "embedding"}], "model": "scenes",
             "usage": {"prompt_tokens": 54, "total_tokens": 54, "images": [
               {"width": 8, "height": 8, "tokens_full": 576, "tokens": 54, "method": "pitome", "profile": "released", "ratio": 0.9,
                "cached": false}]}}
            """);
        JsonNode? found = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(JsonNode.DeepEquals(expected, found), found?.ToJsonString());
    }

    [Fact]
    public async Task Embed_AsBase64_HasTheSameNumbers()
    {
        JsonElement found = await (await EmbedAsync("""{"input": ["AAAA"], "encoding_format": "base64", "dimensions": 3}""")).JsonAsync();

        byte[] bytes = Convert.FromBase64String(found.GetProperty("data")[0].GetProperty("embedding").GetString()!);
        Assert.Equal([0.6f, -0.8f, 3f], Enumerable.Range(0, 3).Select(i => BitConverter.ToSingle(bytes, 4 * i)));
    }

    [Theory]
    [InlineData("{}", "input")]
    [InlineData("""{"input": []}""", "input")]
    [InlineData("""{"input": [1]}""", "input[0]")]
    [InlineData("""{"input": "a picture of a cat"}""", "input")]
    [InlineData("""{"input": ["Qk0A", "%"]}""", "input[1]")]
    [InlineData("""{"input": "Qk0A", "merge": "magic:0.9"}""", "merge")]
    [InlineData("""{"input": "Qk0A", "dimensions": 2}""", "dimensions")]
    [InlineData("""{"input": "Qk0A", "dimensions": 0}""", "dimensions")]
    [InlineData("""{"input": "Qk0A", "encoding_format": "hex"}""", "encoding_format")]
    [InlineData("""{"input": ["Qk0A", "Qk0A", "Qk0A", "Qk0A", "Qk0A", "Qk0A", "Qk0A", "Qk0A", "Qk0A"]}""", "input")]
    public async Task Embed_WrongField_Is400AndNamed(string json, string param)
    {
        JsonElement error = await (await EmbedAsync(json)).OpenAiErrorAsync(400);

        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Fact]
    public async Task Embed_WithTheRealEngine_HasLengthOneAndDependsOnThePictureAndItsMerging()
    {
        await using TinyServer server = await TinyServer.StartAsync();
        const string white = "Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAA////AA=="; // BMP of one pixel
        JsonElement found = await (await server.Client.PostAsync("/v1/embeddings", Json(
            $$"""{"input": ["{{Http.Picture}}", "{{white}}", "{{Http.Picture}}"]}"""))).JsonAsync();
        JsonElement merged = await (await server.Client.PostAsync("/v1/embeddings", Json(
            $$"""{"input": "{{Http.Picture}}", "merge": "tome:0.7"}"""))).JsonAsync();

        Assert.Equal([false], Cached(merged));

        double[][] vectors = [.. found.GetProperty("data").EnumerateArray().Select(Vector), Vector(merged.GetProperty("data")[0])];
        Assert.All(vectors, v => Assert.Equal(1, v.Sum(x => x * x), 1e-5));
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
        Assert.NotEqual(vectors[0], vectors[3]);
        Assert.Equal(32, vectors[0].Length);
    }

    [Fact]
    public async Task Embed_PictureOfAnEarlierQuestion_ComesFromTheCacheAndIsTheSame()
    {
        await using TinyServer server = await TinyServer.StartAsync();
        await using TinyServer plain = await TinyServer.StartAsync(("Engine:ImageCacheBytes", "0"));
        await server.Client.ChatAsync($$"""{"prompt": "a", "image": "{{Http.Picture}}", "merge": "pitome:0.9", "max_tokens": 1}""");
        const string asked = $$"""{"input": "{{Http.Picture}}", "merge": "pitome:0.9"}""";

        JsonElement cached = await (await server.Client.PostAsync("/v1/embeddings", Json(asked))).JsonAsync();
        JsonElement anew = await (await plain.Client.PostAsync("/v1/embeddings", Json(asked))).JsonAsync();

        Assert.Equal([true], Cached(cached));
        Assert.Equal([false], Cached(anew));
        Assert.Equal(Vector(anew.GetProperty("data")[0]), Vector(cached.GetProperty("data")[0]));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static double[] Vector(JsonElement entry) =>
        [.. entry.GetProperty("embedding").EnumerateArray().Select(v => v.GetDouble())];

    private static bool[] Cached(JsonElement answer) =>
        [.. answer.GetProperty("usage").GetProperty("images").EnumerateArray().Select(i => i.GetProperty("cached").GetBoolean())];

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private async Task<HttpResponseMessage> EmbedAsync(string json) =>
        await (await _app.ReadyClientAsync()).PostAsync("/v1/embeddings", Json(json));
}
