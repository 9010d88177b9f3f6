using System.Diagnostics;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Metrics;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>Answers from <c>POST /v1/chat/completions</c> of our server or of any other in OpenAI's form; only ours is sent merge, template and geometry.</summary>
public sealed class ServerAnswerer : IAnswerer
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // base64 as it is
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private readonly RetryingClient _client;
    private readonly bool _isOurs;

    private ServerAnswerer(RetryingClient client, string model, bool isOurs, int concurrency)
    {
        (_client, _isOurs, ModelId, Concurrency) = (client, isOurs, model, concurrency);
        Identity = new Dictionary<string, string> { ["server"] = client.Address.ToString(), ["model"] = model };
    }

    public string ModelId { get; }

    public int Concurrency { get; }

    public IReadOnlyDictionary<string, string> Identity { get; }

    /// <summary>The root of a server, named with or without <c>/v1</c>.</summary>
    /// <exception cref="ArgumentException">No http or https address.</exception>
    public static Uri AddressOf(string server)
    {
        string root = server.TrimEnd('/');
        root = root.EndsWith("/v1", StringComparison.Ordinal) ? root[..^"/v1".Length] : root;
        return Uri.TryCreate(root + "/", UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new ArgumentException($"--server: expected an http or https address, found '{server}'.");
    }

    /// <summary>Asks a server what it serves.</summary>
    /// <param name="client">With the server's address.</param>
    /// <param name="model">Name to ask for; the first one listed when null.</param>
    /// <param name="concurrency">Requests under way at once.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <param name="firstWait">Before a request is tried a second time; null for a quarter of a second.</param>
    /// <exception cref="InvalidDataException">It lists no model, or refuses to.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public static async Task<ServerAnswerer> ConnectAsync(HttpClient client, string? model, int concurrency, CancellationToken cancel, TimeSpan? firstWait = null)
    {
        RetryingClient patient = new(client, firstWait ?? FirstWait);
        model ??= FirstModel(await patient.SendAsync("v1/models", () => new HttpRequestMessage(HttpMethod.Get, "v1/models"), cancel).ConfigureAwait(false))
            ?? throw new InvalidDataException($"{client.BaseAddress}v1/models: expected a model, found none.");
        return new ServerAnswerer(patient, model, await IsOursAsync(patient, cancel).ConfigureAwait(false), concurrency);
    }

    /// <summary>Only the server knows.</summary>
    public EncoderCost? Cost(MergeSpec merge) => null;

    public async IAsyncEnumerable<Reply> AskAsync(
        IReadOnlyList<Question> questions, AskSettings settings, int maxTokens, MergeSpec merge, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!_isOurs && !merge.IsNone)
        {
            throw new ArgumentException($"merge: expected none with {_client.Address}, which is not this program's server, found {merge}.");
        }

        string? url = questions[0].Picture is { } picture ? DataUrl(picture.Read()) : null;
        foreach (Question question in questions)
        {
            JsonObject body = Body(question, url, maxTokens);
            if (_isOurs)
            {
                body["merge"] = merge.ToString();
                body["template"] = settings.Template.ToWire();
                body["image_geometry"] = settings.Geometry.ToString().ToLowerInvariant();
            }

            yield return await AnswerAsync(body, question, cancel).ConfigureAwait(false);
        }
    }

    private static string? FirstModel(JsonElement models) => JsonPath(models, "data") is { ValueKind: JsonValueKind.Array } data
        ? data.EnumerateArray().Select(entry => JsonPath(entry, "id")?.GetString()).FirstOrDefault()
        : null;

    /// <summary>Only this program lists merging methods.</summary>
    private static async Task<bool> IsOursAsync(RetryingClient client, CancellationToken cancel)
    {
        try
        {
            JsonElement found = await client.SendAsync("merge/methods", () => new HttpRequestMessage(HttpMethod.Get, "merge/methods"), cancel).ConfigureAwait(false);
            return JsonPath(found, "methods") is not null;
        }
        catch (InvalidDataException)
        {
            return false; // 404 and the like
        }
    }

    private static string DataUrl(byte[] picture) => $"data:{ImageDecoder.MediaType(picture)};base64,{Convert.ToBase64String(picture)}";

    private async Task<Reply> AnswerAsync(JsonObject body, Question question, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        string json = body.ToJsonString(Json);
        JsonElement reply = await _client.SendAsync($"question {question.Key}", () => Request(json), cancel).ConfigureAwait(false);
        double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        return new Reply(PythonText.Strip(Text(reply, question)), new ReplyTimes(0, 0, 0, 0, 0, total, 0, Completion(reply)));
    }

    /// <summary>The text of the first choice; null, as some servers send for an answer without text, is the empty text.</summary>
    private string Text(JsonElement reply, Question question) =>
        JsonPath(reply, "choices") is { ValueKind: JsonValueKind.Array } choices && choices.EnumerateArray().FirstOrDefault() is var choice
            && JsonPath(choice, "message", "content") is { ValueKind: JsonValueKind.String or JsonValueKind.Null } content
            ? content.GetString() ?? ""
            : throw new InvalidDataException($"{_client.Address}: question {question.Key}: expected choices[0].message.content, found {reply.GetRawText()}");

    private JsonObject Body(Question question, string? url, int maxTokens)
    {
        JsonArray content = [];
        if (url is not null)
        {
            content.Add(new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = url } });
        }

        content.Add(new JsonObject { ["type"] = "text", ["text"] = question.Text });
        return new JsonObject
        {
            ["model"] = ModelId,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = content }),
            ["max_tokens"] = maxTokens,
            ["temperature"] = 0,
        };
    }

    private static HttpRequestMessage Request(string json) =>
        new(HttpMethod.Post, "v1/chat/completions") { Content = new StringContent(json, Encoding.UTF8, MediaTypeNames.Application.Json) };

    private static int Completion(JsonElement reply) =>
        JsonPath(reply, "usage", "completion_tokens") is { ValueKind: JsonValueKind.Number } count ? count.GetInt32() : 0;

    /// <summary>A field inside objects; null where one of them is something else or lacks it.</summary>
    private static JsonElement? JsonPath(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return null;
            }
        }

        return element;
    }
}
