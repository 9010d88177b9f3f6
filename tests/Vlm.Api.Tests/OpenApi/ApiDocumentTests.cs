using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Vlm.Api.Tests.OpenApi;

/// <summary>The OpenAPI document is valid, complete, and its examples work.</summary>
public sealed class ApiDocumentTests(ReadyServer server) : IClassFixture<ReadyServer>
{
    private const string Page = "/", Document = "openapi/";

    [Fact]
    public async Task Document_Json_IsValidOpenApi31()
    {
        ReadResult read = await ReadAsync();

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
    }

    [Fact]
    public async Task Document_Yaml_IsServed()
    {
        HttpResponseMessage answer = await server.Client.GetAsync("/openapi/v1.yaml");
        string yaml = await answer.Content.ReadAsStringAsync();

        Assert.Equal("application/yaml", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("openapi: '3.1", yaml, StringComparison.Ordinal);
        Assert.Contains("/chat:", yaml, StringComparison.Ordinal);
    }

    /// <summary>The writer leaves words without quotes that many readers of YAML, PyYAML among them, take for truth values.</summary>
    [Fact]
    public async Task Document_Yaml_HasNoTextThatOlderReadersTakeForTruth()
    {
        string yaml = await server.Client.GetStringAsync("/openapi/v1.yaml");

        Assert.DoesNotMatch(@"(?im)(^\s*-|:) (y|n|yes|no|on|off)\r?$", yaml);
    }

    [Fact]
    public async Task Document_EveryRoute_IsThereOnceWithAnId()
    {
        OpenApiDocument document = (await ReadAsync()).Document!;
        IEnumerable<string> mapped = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .OfType<RouteEndpoint>()
            .Select(e => e.RoutePattern.RawText!)
            .Where(p => p != Page && !p.TrimStart('/').StartsWith(Document, StringComparison.Ordinal))
            .Select(p => "/" + p.Trim('/'));

        Assert.Equal(mapped.Order(StringComparer.Ordinal), document.Paths.Keys.Order(StringComparer.Ordinal));
        string[] ids = [.. Operations(document).Select(o => o.OperationId!)];
        Assert.All(ids, Assert.NotEmpty);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(Operations(document), o => Assert.NotEmpty(o.Summary!));
    }

    [Fact]
    public async Task Document_Chat_HasEveryErrorAsAProblem()
    {
        OpenApiOperation chat = await ChatAsync();

        Assert.Equal(["200", "400", "401", "404", "408", "413", "415", "422", "429", "500", "503"], chat.Responses!.Keys.Order(StringComparer.Ordinal));
        foreach ((string status, IOpenApiResponse response) in chat.Responses.Where(r => r.Key != "200"))
        {
            IOpenApiSchema schema = Assert.Single(response.Content!, c => c.Key == "application/problem+json").Value.Schema!;
            Assert.Equal(["detail", "errors", "status", "title", "trace_id", "type"], schema.Properties!.Keys.Order(StringComparer.Ordinal));
            Assert.NotEmpty(response.Description!);
            Assert.Equal(status is "429" or "503", response.Headers?.ContainsKey("Retry-After") == true);
        }
    }

    [Fact]
    public async Task Document_ChatRequest_HasRangesDefaultsAndNames()
    {
        IOpenApiSchema request = (await ChatAsync()).RequestBody!.Content!["application/json"].Schema!;

        Assert.Equal(
            [
                "apply_exif", "choices", "image", "image_geometry", "image_id", "images", "logprobs", "max_tokens", "merge", "messages", "model",
                "prompt", "return_token_ids", "seed", "stop", "stream", "temperature", "template", "top_k", "top_p",
            ],
            request.Properties!.Keys.Order(StringComparer.Ordinal));
        Assert.All(request.Properties!, p => Assert.False(string.IsNullOrEmpty(p.Value.Description), p.Key));
        IOpenApiSchema maxTokens = request.Properties!["max_tokens"], topP = request.Properties["top_p"];
        IOpenApiSchema template = request.Properties["template"].OneOf!.Single(s => s.Type != JsonSchemaType.Null);
        Assert.Equal(("1", 128), (maxTokens.Minimum, maxTokens.Default!.GetValue<int>()));
        Assert.Equal(("0", "1", 1.0), (topP.ExclusiveMinimum, topP.Maximum, topP.Default!.GetValue<double>()));
        Assert.Equal(["auto", "vicuna_v1", "llava_v1", "hf"], template.Enum!.Select(v => v.GetValue<string>()));
        Assert.Equal(("auto", JsonSchemaType.String), (request.Properties["template"].Default!.GetValue<string>(), template.Type));
        Assert.Equal((2, 64), (request.Properties["choices"].MinItems, request.Properties["choices"].MaxItems));
        Assert.Equal(2, request.Properties["merge"].OneOf!.Count(s => s.Type != JsonSchemaType.Null));
    }

    [Fact]
    public async Task Document_ContentParts_AreToldApartByType()
    {
        OpenApiDocument document = (await ReadAsync()).Document!;

        IOpenApiSchema part = document.Components!.Schemas!["ContentPart"];
        Assert.Equal("type", part.Discriminator?.PropertyName);
        Assert.Equal(["image", "text"], part.Discriminator!.Mapping!.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_ChatForm_TakesFiles()
    {
        IOpenApiSchema form = (await ChatAsync()).RequestBody!.Content!["multipart/form-data"].Schema!;

        Assert.Equal("binary", form.Properties!["image"].Items!.Format);
        Assert.Contains("prompt", form.Properties.Keys);
        Assert.All(form.Properties.Values, field => Assert.Empty(field.OneOf ?? []));
        Assert.All(["merge", "messages"], name => Assert.Equal(JsonSchemaType.String, form.Properties[name].Type));
        Assert.All(["stop", "choices"], name => Assert.Equal(JsonSchemaType.String, form.Properties[name].Items!.Type));
    }

    /// <summary>What is refused by every server shall not look allowed; null is what a form cannot send.</summary>
    [Fact]
    public async Task Document_Requests_SayWhatTheReadersRefuse()
    {
        IDictionary<string, OpenApiMediaType> bodies = (await ChatAsync()).RequestBody!.Content!;
        IDictionary<string, IOpenApiSchema> fields = bodies["application/json"].Schema!.Properties!;
        IOpenApiSchema form = bodies["multipart/form-data"].Schema!;
        IOpenApiSchema stopText = Form(fields["stop"], JsonSchemaType.String), stops = Form(fields["stop"], JsonSchemaType.Array);

        Assert.Equal((1, 1, 4), (stopText.MinLength, stops.Items!.MinLength, stops.MaxItems));
        Assert.Equal((1, 1, 1), (fields["image"].MinLength, fields["images"].Items!.MinLength, fields["choices"].Items!.MinLength));
        Assert.Equal(1, fields["messages"].MinItems);
        Assert.Null(fields["prompt"].MinLength); // beside a picture it may be empty
        Assert.False(form.AdditionalPropertiesAllowed);
        Assert.Equal((1, 4), (form.Properties!["stop"].Items!.MinLength, form.Properties["stop"].MaxItems));
        Assert.All(form.Properties.Values, field => Assert.False(field.Type?.HasFlag(JsonSchemaType.Null)));
    }

    [Fact]
    public async Task Document_OfAServerWithKeys_AsksForOneButForLiveness()
    {
        await using ApiApplication app = new(new() { ["Auth:Keys:0:Name"] = "a", ["Auth:Keys:0:Hash"] = $"sha256:{Convert.ToHexString(SHA256.HashData("key"u8))}" });
        HttpClient client = await app.ReadyClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "key");

        JsonElement document = await (await client.GetAsync("/openapi/v1.json")).JsonAsync();
        JsonElement open = await (await server.Client.GetAsync("/openapi/v1.json")).JsonAsync();

        Assert.Equal("""[{"key":[]}]""", document.GetProperty("security").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(2, open.GetProperty("security").GetArrayLength());
        Assert.Equal(0, document.GetProperty("paths").GetProperty("/health/live").GetProperty("get").GetProperty("security").GetArrayLength());
    }

    [Fact]
    public async Task Document_Names_AreThoseOfTheWire()
    {
        string document = await server.Client.GetStringAsync("/openapi/v1.json");

        Assert.DoesNotMatch("\"(MaxTokens|maxTokens|TopP|topP|traceId|TextOr)", document);
    }

    [Fact]
    public async Task Document_JsonExamples_AreAnswered()
    {
        OpenApiOperation chat = await ChatAsync();

        Assert.Equal(["long", "short", "stream"], chat.RequestBody!.Content!["application/json"].Examples!.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, IOpenApiExample example) in chat.RequestBody.Content["application/json"].Examples!)
        {
            HttpResponseMessage answer = await server.Client.ChatAsync(example.Value!);

            Assert.True(answer.IsSuccessStatusCode, $"{name}: {await answer.Content.ReadAsStringAsync()}");
            Assert.Equal(name == "stream" ? "text/event-stream" : "application/json", answer.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Document_CompletionExamples_AreAnswered()
    {
        OpenApiOperation complete = (await ReadAsync()).Document!.Paths["/v1/chat/completions"].Operations![HttpMethod.Post];

        Assert.Equal(["application/json"], complete.RequestBody!.Content!.Keys);
        Assert.Equal(["application/json", "text/event-stream"], complete.Responses!["200"].Content!.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, IOpenApiExample example) in complete.RequestBody.Content["application/json"].Examples!)
        {
            HttpResponseMessage answer = await server.Client.CompleteAsync(example.Value!.ToJsonString());

            Assert.True(answer.IsSuccessStatusCode, $"{name}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task Document_FormExample_IsAnswered()
    {
        OpenApiOperation chat = await ChatAsync();
        using MultipartFormDataContent form = [];
        foreach ((string name, JsonNode? value) in chat.RequestBody!.Content!["multipart/form-data"].Examples!["upload"].Value!.AsObject())
        {
            if (name == "image")
            {
                form.Add(new ByteArrayContent(Convert.FromBase64String(value![0]!.GetValue<string>())), name, "picture.png");
            }
            else
            {
                form.Add(new StringContent(value!.ToString()), name);
            }
        }

        HttpResponseMessage answer = await server.Client.PostAsync("/chat", form);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Document_AnswerExample_HasTheMembersOfARealAnswer()
    {
        JsonNode example = (await ChatAsync()).Responses!["200"].Content!["application/json"].Example!;
        JsonNode real = JsonNode.Parse(await (await server.Client.ChatAsync("""{"prompt": "a"}""")).Content.ReadAsStringAsync())!;

        Assert.Equal(Members(real).Order(StringComparer.Ordinal), Members(example).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_PreviewExamples_AreAnsweredWithTheMembersShown()
    {
        OpenApiOperation preview = (await ReadAsync()).Document!.Paths["/merge/preview"].Operations![HttpMethod.Post];
        JsonNode request = preview.RequestBody!.Content!["application/json"].Example!;
        JsonNode example = preview.Responses!["200"].Content!["application/json"].Example!;

        HttpResponseMessage answer = await server.Client.PostAsync("/merge/preview", new StringContent(
            request.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));

        JsonNode real = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True(answer.IsSuccessStatusCode, $"{real}");
        Assert.Equal(Members(real).Order(StringComparer.Ordinal), Members(example).Order(StringComparer.Ordinal));
        Assert.Equal("binary", preview.RequestBody.Content["multipart/form-data"].Schema!.Properties!["image"].Format);
    }

    [Fact]
    public async Task Swagger_Page_IsServedWithoutOutsideHelp()
    {
        string page = await server.Client.GetStringAsync("/swagger/index.html");
        string script = await server.Client.GetStringAsync("/swagger/index.js");

        Assert.DoesNotMatch("(src|href)=\"(https?:)?//", page);
        Assert.DoesNotMatch("\"validatorUrl\": *\"", script);
        Assert.Contains("/openapi/v1.json", script, StringComparison.Ordinal);
        foreach (string asset in new[] { "swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js" })
        {
            Assert.True((await server.Client.GetAsync($"/swagger/{asset}")).IsSuccessStatusCode, asset);
        }
    }

    private static IOpenApiSchema Form(IOpenApiSchema either, JsonSchemaType type) => either.OneOf!.Single(form => form.Type == type);

    private static IEnumerable<OpenApiOperation> Operations(OpenApiDocument document) =>
        document.Paths.Values.SelectMany(p => p.Operations!.Values);

    private static IEnumerable<string> Members(JsonNode node, string path = "") => node switch
    {
        JsonObject o => o.SelectMany(m => Members(m.Value!, $"{path}.{m.Key}")),
        JsonArray a => Members(a[0]!, $"{path}[]"),
        _ => [path],
    };

    private async Task<OpenApiOperation> ChatAsync() => (await ReadAsync()).Document!.Paths["/chat"].Operations![HttpMethod.Post];

    private async Task<ReadResult> ReadAsync()
    {
        byte[] json = await server.Client.GetByteArrayAsync("/openapi/v1.json");
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(json).RootElement.ValueKind);
        using MemoryStream stream = new(json);
        return await OpenApiDocument.LoadAsync(stream, "json");
    }
}
