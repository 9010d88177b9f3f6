using System.Text;
using System.Text.Json;

namespace Vlm.Api.Tests.Faults;

/// <summary>Whatever request is made of the document's operations, in whatever method, query, headers and body, over a real socket: the
/// answer is one that the document describes, or 405 with Allow. What the schemas say of bodies is the matter of
/// tests/Vlm.Clients.Tests/web/contract.</summary>
public sealed class DocumentFuzzTests : IAsyncLifetime, IDisposable
{
    private const int NumRequests = 3000;

    private KestrelServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await KestrelServer.StartAsync(new FakeModel());
        _client = new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1, AllowAutoRedirect = false })
        {
            BaseAddress = _server.Url,
        };
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task AnyRequest_OfADocumentedPath_GetsADocumentedAnswer()
    {
        OddRequests odd = new(new Random(7), JsonElement.Parse(await _client.GetStringAsync("/openapi/v1.json")).GetProperty("paths"));
        Dictionary<int, int> statuses = [];
        for (int i = 0; i < NumRequests; i++)
        {
            (JsonElement methods, HttpRequestMessage request) = odd.Next();
            using HttpRequestMessage sent = request;
            using HttpResponseMessage answer = await _client.SendAsync(sent);
            await CheckAsync(methods, sent.Method, answer, Describe(sent));
            statuses[(int)answer.StatusCode] = statuses.GetValueOrDefault((int)answer.StatusCode) + 1;
        }

        Assert.All([200, 400, 404, 405, 415], status => Assert.InRange(statuses.GetValueOrDefault(status), 20, NumRequests));
        Assert.True((await _client.GetAsync("/health/ready")).IsSuccessStatusCode);
    }

    private static async Task CheckAsync(JsonElement methods, HttpMethod method, HttpResponseMessage answer, string told)
    {
        string text = await answer.Content.ReadAsStringAsync();
        int status = (int)answer.StatusCode;
        bool isHead = method == HttpMethod.Head;
        Assert.False(isHead && text.Length > 0, told);
        if (methods.TryGetProperty(isHead ? "get" : method.Method.ToLowerInvariant(), out JsonElement operation))
        {
            Check(operation, status, answer, isHead ? null : text, told);
            return;
        }

        Assert.True(status == 405 && answer.Content.Headers.Allow.Count > 0, $"{told}: {status}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    private static void Check(JsonElement operation, int status, HttpResponseMessage answer, string? text, string told)
    {
        Assert.True(status < 500 && operation.GetProperty("responses").TryGetProperty($"{status}", out _), $"{told}: {status} {text}");
        JsonElement documented = operation.GetProperty("responses").GetProperty($"{status}");
        string? type = answer.Content.Headers.ContentType?.MediaType;
        if (!documented.TryGetProperty("content", out JsonElement content))
        {
            Assert.True(string.IsNullOrEmpty(text), $"{told}: {status} {text}");
            return;
        }

        Assert.True(type is not null && content.TryGetProperty(type, out _), $"{told}: {status} {type}");
        if (type == "application/problem+json" && text is not null)
        {
            Assert.Equal(status, JsonElement.Parse(text).GetProperty("status").GetInt32());
        }
    }

    private static string Describe(HttpRequestMessage request) =>
        $"{request.Method} {request.RequestUri} {string.Join(' ', request.Headers)} {string.Join(' ', request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())}";
}
