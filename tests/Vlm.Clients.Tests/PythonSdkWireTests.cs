using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Vlm.Clients.Tests;

/// <summary>
/// What OpenAI's Python SDK sends and reads (github.com/openai/openai-python, src/openai/_base_client.py, _streaming.py, _exceptions.py);
/// the SDK itself cannot be installed where there is no PyPI.
/// </summary>
[Collection(SharedServers.Name)]
public sealed class PythonSdkWireTests(Servers servers)
{
    private static readonly string Picture =
        "data:image/png;base64," + Convert.ToBase64String(File.ReadAllBytes(Path.Combine(Servers.Pictures, "six.png")));

    private static object Ask => new
    {
        messages = new[]
        {
            new
            {
                role = "user",
                content = new object[]
                {
                    new { type = "image_url", image_url = new { url = Picture } },
                    new { type = "text", text = "How many objects are there?" },
                },
            },
        },
        model = "scenes",
        temperature = 0,
    };

    [Fact]
    public async Task Create_HeadersOfTheSdk_IsAnswered()
    {
        using HttpResponseMessage answer = await SendAsync("v1/chat/completions", Ask);
        using JsonDocument body = await BodyAsync(answer);

        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType); // anything else is given back as plain text
        JsonElement choice = Assert.Single(body.RootElement.GetProperty("choices").EnumerateArray());
        Assert.NotEmpty(choice.GetProperty("message").GetProperty("content").GetString()!);
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("chat.completion", body.RootElement.GetProperty("object").GetString());
        Assert.All(["id", "created", "model", "usage"], name => Assert.True(body.RootElement.TryGetProperty(name, out _), name));
    }

    /// <summary>Its decoder ends a frame at an empty line and the stream at a frame that begins with [DONE]; an error member raises.</summary>
    [Fact]
    public async Task Stream_FramesAsItsDecoderReadsThem_EndWithDone()
    {
        JsonElement ask = JsonSerializer.SerializeToElement(Ask);
        Dictionary<string, object> streamed = new(ask.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, (object)p.Value)))
        {
            ["stream"] = true,
            ["stream_options"] = new { include_usage = true },
        };

        using HttpResponseMessage answer = await SendAsync("v1/chat/completions", streamed);
        string[] frames = (await answer.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.All(frames, frame => Assert.StartsWith("data: ", Assert.Single(frame.Split('\n')), StringComparison.Ordinal));
        Assert.Equal("data: [DONE]", frames[^1]);
        JsonElement[] chunks = [.. frames[..^1].Select(frame => JsonDocument.Parse(frame["data: ".Length..]).RootElement)];
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.All(chunks, chunk => Assert.False(chunk.TryGetProperty("error", out _)));
        Assert.True(chunks[^1].TryGetProperty("usage", out _));
    }

    /// <summary>It asks for base64 unless told otherwise and reads little-endian float32.</summary>
    [Fact]
    public async Task Embeddings_Base64_IsFloat32OfLengthOne()
    {
        using HttpResponseMessage answer = await SendAsync("v1/embeddings", new { input = Picture, model = "scenes", encoding_format = "base64" });
        using JsonDocument body = await BodyAsync(answer);

        byte[] bytes = body.RootElement.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        double squares = bytes.Chunk(sizeof(float)).Sum(b => Math.Pow(BinaryPrimitives.ReadSingleLittleEndian(b), 2));
        Assert.Equal(1, squares, 1e-5);
    }

    /// <summary>It takes the member error of a body for the body of its exception, and param, code and type from there.</summary>
    [Theory]
    [InlineData("""{"model": "gpt-x", "messages": [{"role": "user", "content": "Hi"}]}""", 404, "model_not_found", "model")]
    [InlineData("""{"model": "scenes", "messages": []}""", 400, null, "messages")]
    public async Task Error_BodyAsItsExceptionsReadIt_HasCodeAndParam(string json, int status, string? code, string param)
    {
        using HttpResponseMessage answer = await SendAsync("v1/chat/completions", JsonSerializer.Deserialize<JsonElement>(json));
        using JsonDocument body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());

        JsonElement error = body.RootElement.GetProperty("error");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal((code, param), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, object body)
    {
        using HttpClient client = servers.Open.Client("not needed");
        using HttpRequestMessage request = new(HttpMethod.Post, path);
        request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8);
        request.Content.Headers.ContentType = new("application/json");
        request.Version = HttpVersion.Version11;
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, deflate");
        request.Headers.TryAddWithoutValidation("User-Agent", "OpenAI/Python 1.109.1");
        foreach ((string name, string value) in new[] { ("Lang", "python"), ("Package-Version", "1.109.1"), ("Retry-Count", "0"), ("Read-Timeout", "600") })
        {
            request.Headers.TryAddWithoutValidation($"X-Stainless-{name}", value);
        }

        return await client.SendAsync(request);
    }

    private static async Task<JsonDocument> BodyAsync(HttpResponseMessage answer)
    {
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text);
    }
}
