using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Vlm.Api.OpenApi;
using Vlm.Core.Chat;
using Vlm.Core.Embedding;
using Vlm.Core.Engine;
using Vlm.Core.Preview;
using Vlm.Testing;
using Vlm.Torch;

namespace Vlm.Api.Tests.Faults;

/// <summary>Bodies made wrong in every way: each gets an answer that the document names, and the server goes on as before.</summary>
[Collection("alone")]
public sealed class FuzzTests
{
    private const string Boundary = "x";
    private const string Question = $$"""{"prompt": "What?", "image": "{{Http.Picture}}", "max_tokens": 4, "return_token_ids": true}""";

    [Fact]
    public async Task Post_TenThousandMutatedBodies_AreAnsweredAsDocumented()
    {
        using PreparedModel model = new();
        await using ApiApplication app = new() { Configure = services => services.AddSingleton<IEngineFactory>(model) };
        HttpClient client = await app.ReadyClientAsync();
        string before = await AnswerAsync(client);

        Dictionary<int, int> statuses = await FuzzAsync(client, count: 10_000, seed: 1);

        Assert.Equal(10_000, statuses.Values.Sum());
        Assert.All([200, 400, 404, 422], status => Assert.True(statuses.GetValueOrDefault(status) > 5, $"{status}: {statuses.GetValueOrDefault(status)}"));
        Assert.Equal(before, await AnswerAsync(client));
    }

    [Fact]
    public async Task Post_MutatedBodiesWithTheRealEngine_LeaveNoTensorAndTheSameAnswers()
    {
        await using TinyServer server = await TinyServer.StartAsync(("Engine:MaxContext", "200"), ("Engine:ImageCacheBytes", "0"));
        string before = await AnswerAsync(server.Client);
        long tensors = Live();

        Dictionary<int, int> statuses = await FuzzAsync(server.Client, count: 400, seed: 2);

        Assert.True(statuses[200] > 5, $"{statuses[200]}");
        Assert.Equal(before, await AnswerAsync(server.Client));
        Assert.Equal(tensors, Live());
    }

    private static async Task<Dictionary<int, int>> FuzzAsync(HttpClient client, int count, int seed)
    {
        IReadOnlyDictionary<string, string[]> documented = await DocumentedAsync(client);
        Dictionary<int, int> statuses = [];
        BodyMutator mutator = new(seed);
        (string Route, string Type, byte[] Body)[] sound = [.. Sound()];
        for (int i = 0; i < count; i++)
        {
            (string route, string type, byte[] body) = mutator.One(sound);
            bool isJson = type == "application/json";
            byte[] changed = isJson && mutator.Happens(70) ? mutator.ByStructure(JsonNode.Parse(body)!) : mutator.ByByte(body);
            int status = await PostAsync(client, route, type, changed, documented[route]);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }

        return statuses;
    }

    private static async Task<int> PostAsync(HttpClient client, string route, string type, byte[] body, string[] documented)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using HttpResponseMessage answer = await client.PostAsync(route, content);
        int status = (int)answer.StatusCode;
        string told = $"{route} {status} for {Encoding.UTF8.GetString(body)}";
        Assert.True(status != 500 && documented.Contains($"{status}"), told);
        if (status >= 400)
        {
            JsonElement problem = await answer.ProblemAsync(status);
            Assert.Equal(route.StartsWith("/v1", StringComparison.Ordinal), problem.TryGetProperty("error", out _));
        }
        else
        {
            Assert.NotEmpty(await answer.Content.ReadAsStringAsync());
        }

        return status;
    }

    private static async Task<IReadOnlyDictionary<string, string[]>> DocumentedAsync(HttpClient client)
    {
        JsonElement paths = JsonElement.Parse(await client.GetStringAsync("/openapi/v1.json")).GetProperty("paths");
        return Sound().Select(s => s.Route).Distinct().ToDictionary(
            route => route,
            route => paths.GetProperty(route).GetProperty("post").GetProperty("responses").EnumerateObject().Select(r => r.Name).ToArray());
    }

    private static IEnumerable<(string Route, string Type, byte[] Body)> Sound()
    {
        const string json = "application/json";
        foreach (var example in ChatExamples.Json().Values)
        {
            yield return ("/chat", json, Bytes(example.Value!));
        }

        foreach (var example in ChatExamples.Completion().Values)
        {
            yield return ("/v1/chat/completions", json, Bytes(example.Value!));
        }

        yield return ("/chat", json, Encoding.UTF8.GetBytes("""{"prompt": "What?", "image_id": "cat", "max_tokens": 2, "logprobs": 2}"""));
        yield return ("/v1/embeddings", json, Bytes(new JsonObject { ["input"] = ChatExamples.Picture, ["merge"] = "pitome:0.9" }));
        yield return ("/merge/preview", json, Bytes(new JsonObject { ["image"] = ChatExamples.Picture, ["merge"] = "tome:0.9" }));
        yield return ("/chat", $"multipart/form-data; boundary={Boundary}", Form());
        yield return ("/merge/preview", $"multipart/form-data; boundary={Boundary}", Form());
    }

    private static byte[] Form() =>
    [
        .. Encoding.UTF8.GetBytes(
            $"--{Boundary}\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nWhat?\r\n"
            + $"--{Boundary}\r\nContent-Disposition: form-data; name=\"merge\"\r\n\r\npitome:0.9\r\n"
            + $"--{Boundary}\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"),
        .. Convert.FromBase64String(ChatExamples.Picture),
        .. Encoding.UTF8.GetBytes($"\r\n--{Boundary}--\r\n"),
    ];

    private static byte[] Bytes(JsonNode body) => Encoding.UTF8.GetBytes(body.ToJsonString());

    private static async Task<string> AnswerAsync(HttpClient client) =>
        (await (await client.ChatAsync(Question)).JsonAsync()).GetProperty("token_ids").GetRawText();

    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Kernels.Default.LiveTensors;
    }

    /// <summary>Everything but libtorch: pictures are decoded, prompts tokenised, and an engine without a model answers.</summary>
    private sealed class PreparedModel : IEngineFactory, IDisposable
    {
        private readonly TinyCheckpoint _checkpoint = TinyCheckpoint.Create();
        private readonly ModelSource _source;
        private readonly ChatPreparer _preparer;

        public PreparedModel()
        {
            _source = ModelSource.Open(_checkpoint.Folder, "float32", "cpu");
            _preparer = new(_source.Tokenizer, _source.Preprocessor, _source.Description);
        }

        public LoadedModel Start()
        {
            FakeEngine engine = new() { Model = _source.Description };
            return new(
                engine,
                new ChatService(engine, _preparer).ChatAsync,
                new MergePreviewer(engine, _preparer).PreviewAsync,
                new PictureEmbedder(engine, _preparer).EmbedAsync);
        }

        public void Dispose()
        {
            _preparer.Dispose();
            _source.Dispose();
            _checkpoint.Dispose();
        }
    }
}
