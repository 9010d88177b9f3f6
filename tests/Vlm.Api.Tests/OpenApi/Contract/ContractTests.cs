using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Testing;

namespace Vlm.Api.Tests.OpenApi.Contract;

/// <summary>docs/openapi.json is what clients were promised: it is current, and no promise is broken within a major version.</summary>
public sealed class ContractTests(ReadyServer server) : IClassFixture<ReadyServer>
{
    private static readonly string Snapshot = Path.Combine(Golden.Root, "docs", "openapi.json");

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>With VLM_UPDATE_CONTRACT=1 (scripts/update-contract.sh) the snapshot is written, unless that broke a promise.</summary>
    [Fact]
    public async Task Document_AgainstItsSnapshot_BreaksNothingWithoutANewMajorVersion()
    {
        JsonObject now = await DocumentAsync();
        if (File.Exists(Snapshot))
        {
            JsonObject was = Read(await File.ReadAllTextAsync(Snapshot));
            if (Major(was) == Major(now))
            {
                Assert.Empty(BreakingChanges.Between(was, now));
            }
        }

        if (Environment.GetEnvironmentVariable("VLM_UPDATE_CONTRACT") == "1")
        {
            await File.WriteAllTextAsync(Snapshot, Text(now));
        }

        Assert.True(
            await File.ReadAllTextAsync(Snapshot) == Text(now),
            "docs/openapi.json: expected the server's document, found another; scripts/update-contract.sh writes it.");
    }

    [Theory]
    [InlineData("paths./merge/preview", null, "POST /merge/preview: gone")]
    [InlineData("paths./chat.post.responses.429", null, "POST /chat 429: gone")]
    [InlineData("paths./chat.post.responses.200.content.text/event-stream", null, "POST /chat 200 text/event-stream: gone")]
    [InlineData("paths./chat.post.requestBody.content.multipart/form-data", null, "POST /chat request multipart/form-data: gone")]
    [InlineData("paths./chat.post.operationId", "\"ask\"", "POST /chat: operationId is another, and with it the name in generated clients")]
    [InlineData("components.schemas.ChatResult.properties.answer", null, "POST /chat 200 application/json.answer: gone")]
    [InlineData("components.schemas.ChatRequest.properties.stop", null, "POST /chat request application/json.stop: gone")]
    [InlineData("components.schemas.ChatRequest.required", "[\"prompt\"]", "POST /chat request application/json.prompt: newly required")]
    [InlineData("components.schemas.ChatRequest.properties.max_tokens.maximum", "9", "POST /chat request application/json.max_tokens: maximum lower")]
    [InlineData("components.schemas.ChatRequest.properties.top_k.type", "\"integer\"", "POST /chat request application/json.top_k: type null gone")]
    [InlineData("components.schemas.ImageGeometry.enum", "[\"auto\", \"pad\"]", "POST /chat request application/json.image_geometry: enum crop gone")]
    [InlineData("components.schemas.ChatTimings.properties.queue_ms.type", "[\"number\", \"null\"]", "POST /chat 200 application/json.timings.queue_ms: type null new")]
    [InlineData("components.schemas.ChatUsage.required", "[]", "POST /chat 200 application/json.usage.prompt_tokens: no longer always there")]
    [InlineData("components.schemas.FinishReason.enum", "[\"stop\"]", "POST /chat 200 application/json.finish_reason: enum cancelled, length gone")]
    public async Task Change_ThatAnOldClientWouldFeel_IsFound(string place, string? value, string expected)
    {
        JsonObject was = await DocumentAsync();
        JsonObject now = was.DeepClone().AsObject();
        Change(now, place, value);

        Assert.Contains(expected, BreakingChanges.Between(was, now));
        Assert.Empty(BreakingChanges.Between(was, was));
    }

    [Theory]
    [InlineData("components.schemas.ChatResult.properties.more", "{\"type\": \"string\"}")]
    [InlineData("components.schemas.ChatRequest.properties.more", "{\"type\": \"string\"}")]
    [InlineData("components.schemas.ChatRequest.properties.max_tokens.minimum", "0")]
    [InlineData("components.schemas.FinishReason.enum", "[\"stop\", \"length\", \"cancelled\", \"more\"]")]
    [InlineData("paths./chat.post.responses.418", "{\"description\": \"more\"}")]
    [InlineData("paths./more", "{\"get\": {\"operationId\": \"more\", \"responses\": {}}}")]
    public async Task Change_ThatOnlyAdds_BreaksNothing(string place, string value)
    {
        JsonObject was = await DocumentAsync();
        JsonObject now = was.DeepClone().AsObject();
        Change(now, place, value);

        Assert.Empty(BreakingChanges.Between(was, now));
    }

    private static void Change(JsonObject document, string place, string? value)
    {
        string[] steps = place.Split('.');
        JsonObject at = steps[..^1].Aggregate(document, (node, step) => node[step]!.AsObject());
        if (value is null)
        {
            Assert.True(at.Remove(steps[^1]), place);
        }
        else
        {
            at[steps[^1]] = JsonNode.Parse(value);
        }
    }

    private static string Major(JsonObject document) => document["info"]!["version"]!.ToString().Split('.')[0];

    private static string Text(JsonObject document) => document.ToJsonString(Readable) + "\n";

    private static JsonObject Read(string text) => JsonNode.Parse(text)!.AsObject();

    private async Task<JsonObject> DocumentAsync() => Read(await server.Client.GetStringAsync("/openapi/v1.json"));
}
