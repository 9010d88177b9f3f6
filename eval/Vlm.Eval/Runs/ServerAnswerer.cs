using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Core.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Metrics;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>Answers from <c>POST /v1/chat/completions</c> of our server or of any other in OpenAI's form; only ours is sent merge, template and geometry.</summary>
public sealed class ServerAnswerer : IAnswerer
{
    private const int MaxAttempts = 8;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _client;
    private readonly bool _isOurs;

    private ServerAnswerer(HttpClient client, string model, bool isOurs, int concurrency)
    {
        (_client, _isOurs, ModelId, Concurrency) = (client, isOurs, model, concurrency);
        Identity = new Dictionary<string, string> { ["server"] = client.BaseAddress!.ToString(), ["model"] = model };
    }

    public string ModelId { get; }

    public int Concurrency { get; }

    public IReadOnlyDictionary<string, string> Identity { get; }

    /// <summary>Asks a server what it serves.</summary>
    /// <param name="client">With the server's address.</param>
    /// <param name="model">Name to ask for; the first one listed when null.</param>
    /// <param name="concurrency">Requests under way at once.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="InvalidDataException">It lists no model.</exception>
    public static async Task<ServerAnswerer> ConnectAsync(HttpClient client, string? model, int concurrency, CancellationToken cancel)
    {
        JsonElement models = await client.GetFromJsonAsync<JsonElement>("v1/models", cancel).ConfigureAwait(false);
        string? first = models.TryGetProperty("data", out JsonElement data) && data.ValueKind == JsonValueKind.Array
            ? data.EnumerateArray().Select(entry => entry.GetProperty("id").GetString()).FirstOrDefault()
            : null;
        using HttpResponseMessage methods = await client.GetAsync("merge/methods", cancel).ConfigureAwait(false);
        return new ServerAnswerer(
            client, model ?? first ?? throw new InvalidDataException($"{client.BaseAddress}v1/models: expected a model, found none."),
            methods.IsSuccessStatusCode, concurrency);
    }

    /// <summary>Only the server knows.</summary>
    public EncoderCost? Cost(MergeSpec merge) => null;

    public async IAsyncEnumerable<Reply> AskAsync(
        IReadOnlyList<Question> questions, AskSettings settings, int maxTokens, MergeSpec merge, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!_isOurs && !merge.IsNone)
        {
            throw new ArgumentException($"merge: expected none with {_client.BaseAddress}, which is not this program's server, found {merge}.");
        }

        string? url = questions[0].Picture is { } picture ? "data:application/octet-stream;base64," + Convert.ToBase64String(picture.Read()) : null;
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

    private async Task<Reply> AnswerAsync(JsonObject body, Question question, CancellationToken cancel)
    {
        long start = Stopwatch.GetTimestamp();
        JsonElement reply = await PostAsync(body, question, cancel).ConfigureAwait(false);
        double total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        string text = reply.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() ?? "";
        return new Reply(PythonText.Strip(text), new ReplyTimes(0, 0, 0, 0, 0, total, 0, Completion(reply)));
    }

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

    private async Task<JsonElement> PostAsync(JsonObject body, Question question, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            using HttpResponseMessage response = await _client.PostAsJsonAsync("v1/chat/completions", body, cancel).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<JsonElement>(cancel).ConfigureAwait(false);
            }

            bool isBusy = response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
            if (!isBusy || attempt == MaxAttempts)
            {
                string found = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
                throw new InvalidDataException($"{_client.BaseAddress}: question {question.Key}: expected an answer, found {(int)response.StatusCode}: {found}");
            }

            await Task.Delay(response.Headers.RetryAfter?.Delta ?? (FirstWait * Math.Pow(2, attempt - 1)), cancel).ConfigureAwait(false);
        }
    }

    private static int Completion(JsonElement reply) =>
        reply.TryGetProperty("usage", out JsonElement usage) && usage.TryGetProperty("completion_tokens", out JsonElement count) ? count.GetInt32() : 0;
}
