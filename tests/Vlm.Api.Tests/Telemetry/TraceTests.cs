using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vlm.Core.Chat;

namespace Vlm.Api.Tests.Telemetry;

/// <summary>Traces as a collector gets them.</summary>
public sealed class TraceTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Caller = "b7ad6b7169203331";
    private static readonly string[] Parts = ["receive", "decode_images", "queue", "encode", "prefill", "decode"];

    [Theory]
    [InlineData("http/protobuf", """{"prompt": "a"}""")]
    [InlineData("http/protobuf", """{"prompt": "a", "stream": true}""")]
    [InlineData("grpc", """{"prompt": "a"}""")]
    public async Task Chat_WithACollector_SendsItsPartsUnderTheCallersTrace(string protocol, string json)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: protocol == "grpc");
        await AskAsync(receiver.Url, protocol, "/chat", json, 200);

        Span[] spans = receiver.Spans(Trace);
        Span http = spans.Single(s => s.Name == "POST /chat");
        Span chat = spans.Single(s => s.Name == "chat scenes");
        Assert.Equal((Caller, http.SpanId), (http.ParentId, chat.ParentId));
        Assert.Equal(("POST", "/chat", "200"), (http.Attributes["http.request.method"], http.Attributes["http.route"], http.Attributes["http.response.status_code"]));
        Span[] parts = [.. spans.Where(s => s.ParentId == chat.SpanId).OrderBy(s => s.Start)];
        Assert.Equal(Parts, parts.Select(s => s.Name));
        Assert.All(parts.Zip(parts.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        Assert.Equal([2, 1, 3, 4, 5], parts.Skip(1).Select(s => (int)((s.End - s.Start) / 1_000_000))); // FakeModel's timings
        Assert.DoesNotContain(spans, s => s.Name.Contains("health", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chat_WithACollector_NamesModelSettingsAndCountsAsGenAiSays()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: false);
        await AskAsync(receiver.Url, "http/protobuf", "/chat", """{"prompt": "a", "max_tokens": 7, "temperature": 0.5, "top_p": 0.25}""", 200);

        Dictionary<string, string> expected = new()
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = "vlm",
            ["gen_ai.request.model"] = "scenes",
            ["gen_ai.request.max_tokens"] = "7",
            ["gen_ai.request.temperature"] = "0.5",
            ["gen_ai.request.top_p"] = "0.25",
            ["gen_ai.response.id"] = "chat-00000000000000000000000000000001",
            ["gen_ai.response.model"] = "scenes",
            ["gen_ai.response.finish_reasons"] = "stop",
            ["gen_ai.usage.input_tokens"] = "72",
            ["gen_ai.usage.output_tokens"] = "2",
            ["vlm.images"] = "1",
            ["vlm.visual_tokens.in"] = "576",
            ["vlm.visual_tokens.out"] = "54",
            ["vlm.merge.method"] = "pitome",
        };
        Assert.Equal(expected, receiver.Spans(Trace).Single(s => s.Name == "chat scenes").Attributes);
    }

    [Theory]
    [InlineData("/chat?SECRET-query=1", """{"prompt": "SECRET-prompt", "image": "U0VDUkVULXBpY3R1cmU=", "image_id": "SECRET-name"}""", 200)]
    [InlineData("/chat", """{"prompt": "SECRET-prompt", "SECRET-field": 1}""", 400)]
    [InlineData("/SECRET-path", "{}", 404)]
    [InlineData("/v1/chat/completions", """{"messages": [{"role": "user", "content": "SECRET-prompt"}], "stop": "SECRET-stop"}""", 200)]
    public async Task Ask_Anything_SendsNoContentAndNoKey(string path, string json, int status)
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: false);
        await AskAsync(receiver.Url, "http/protobuf", path, json, status);

        Assert.NotEmpty(receiver.Spans(Trace));
        Assert.All(receiver.Bodies, body => Assert.DoesNotContain("SECRET", Encoding.Latin1.GetString(body), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chat_WithoutACollector_MakesNoSpanOfItsOwn()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync(isGrpc: false);
        await AskAsync("", "grpc", "/chat", """{"prompt": "a"}""", 200);

        Assert.Empty(receiver.Bodies);
    }

    [Fact]
    public async Task Start_EndpointThatIsNoUrl_IsOneLineAndExitCode2()
    {
        (int exit, string error) = await Server.RunAsync("--Model:Path=x", "--Telemetry:OtlpEndpoint=collector:4317");

        Assert.Equal(2, exit);
        Assert.Contains("Telemetry:OtlpEndpoint: expected a URL of http or https, found 'collector:4317'.", error, StringComparison.Ordinal);
    }

    private static async Task AskAsync(string endpoint, string protocol, string path, string json, int status)
    {
        FakeModel model = new() { Chat = (_, _) => Answer() };
        await using WebApplication server = ApiHost.Build(
            ["--urls=http://127.0.0.1:0"],
            new Dictionary<string, string?>
            {
                ["Model:Path"] = "fake",
                ["Telemetry:OtlpEndpoint"] = endpoint,
                ["Telemetry:OtlpProtocol"] = protocol,
                ["Serilog:MinimumLevel:Default"] = "Fatal",
                ["Auth:Keys:0:Name"] = "ann",
                ["Auth:Keys:0:Hash"] = "sha256:" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("SECRET-key"u8)),
            },
            services => services.AddSingleton<IEngineFactory>(model));
        await server.StartAsync();
        await server.Services.GetServices<IHostedService>().OfType<EngineHostedService>().Single().ExecuteTask!;
        using HttpClient client = new() { BaseAddress = new Uri(server.Urls.Single()) };
        client.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-{Caller}-01");
        client.DefaultRequestHeaders.Authorization = new("Bearer", "SECRET-key");
        await client.GetStringAsync("/health/live");
        using HttpResponseMessage answer = await client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));
        Assert.Equal(status, (int)answer.StatusCode);
        await answer.Content.ReadAsStringAsync();
        await server.StopAsync();
    }

    private static async IAsyncEnumerable<ChatEvent> Answer()
    {
        await Task.Delay(20); // longer than FakeModel's timings say, so that the request begins before its parts
        yield return new ChatEvent.Piece("SECRET-answer");
        yield return new ChatEvent.Done(FakeModel.Result("SECRET-answer"));
    }
}
