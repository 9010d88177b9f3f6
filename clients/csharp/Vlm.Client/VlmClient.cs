using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vlm.Client;

/// <summary>Asks a server. Its base address, time limits and key (<c>Authorization: Bearer</c>) are those of the HTTP client, which stays the caller's.</summary>
public sealed class VlmClient(HttpClient http)
{
    /// <summary>JSON as on the wire.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>Asks and waits for the whole answer.</summary>
    /// <exception cref="VlmException">The server refuses.</exception>
    public async Task<ChatAnswer> AskAsync(ChatQuestion question, CancellationToken cancel = default)
    {
        using HttpResponseMessage response = await SendAsync(question with { Stream = false }, cancel).ConfigureAwait(false);
        return await ReadAsync<ChatAnswer>(response, cancel).ConfigureAwait(false);
    }

    /// <summary>Asks and gives the answer as it comes; the last step has all of it.</summary>
    /// <exception cref="VlmException">The server refuses, or fails amid the answer.</exception>
    public async IAsyncEnumerable<ChatStep> StreamAsync(ChatQuestion question, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        using HttpResponseMessage response = await SendAsync(question with { Stream = true }, cancel).ConfigureAwait(false);
        using Stream body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await foreach (SseItem<string> frame in SseParser.Create(body).EnumerateAsync(cancel).ConfigureAwait(false))
        {
            yield return frame.EventType switch
            {
                "token" => new(Parse<Piece>(frame.Data).Text, null),
                "done" => new("", Parse<ChatAnswer>(frame.Data)),
                _ => throw new VlmException(Parse<Problem>(frame.Data)),
            };
        }
    }

    /// <summary>The merging methods of the loaded model.</summary>
    /// <exception cref="VlmException">The server refuses.</exception>
    public async Task<MergeCatalogue> MethodsAsync(CancellationToken cancel = default)
    {
        using HttpResponseMessage response = await http.GetAsync("merge/methods", cancel).ConfigureAwait(false);
        await CheckAsync(response, cancel).ConfigureAwait(false);
        return await ReadAsync<MergeCatalogue>(response, cancel).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(ChatQuestion question, CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "chat") { Content = JsonContent.Create(question, mediaType: null, Json) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(question.Stream == true ? "text/event-stream" : "application/json"));
        HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        try
        {
            await CheckAsync(response, cancel).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? new VlmException(await ReadAsync<Problem>(response, cancel).ConfigureAwait(false))
                : new HttpRequestException($"{response.RequestMessage?.RequestUri}: expected an answer, found {(int)response.StatusCode}.");
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancel) =>
        await response.Content.ReadFromJsonAsync<T>(Json, cancel).ConfigureAwait(false)
            ?? throw new JsonException($"{typeof(T).Name}: expected an object, found null.");

    private static T Parse<T>(string json) =>
        JsonSerializer.Deserialize<T>(json, Json) ?? throw new JsonException($"{typeof(T).Name}: expected an object, found null.");

    private sealed record Piece(string Text);
}
