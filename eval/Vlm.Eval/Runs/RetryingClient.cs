using System.Net;
using System.Text.Json;

namespace Vlm.Eval.Runs;

/// <summary>JSON over HTTP from a server that may be busy, restarting or cut off for a while: asked again, with longer and longer waits or as Retry-After says.</summary>
/// <param name="client">With the server's address.</param>
/// <param name="firstWait">Before the second attempt; doubled after each.</param>
internal sealed class RetryingClient(HttpClient client, TimeSpan firstWait)
{
    private const int MaxAttempts = 8;
    private const int LongestQuote = 300;

    public Uri Address => client.BaseAddress!;

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="subject">What is asked, for messages.</param>
    /// <param name="request">Makes the request, once per attempt.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <exception cref="InvalidDataException">The server refuses the request itself.</exception>
    /// <exception cref="HttpRequestException">It did not answer in any attempt.</exception>
    public async Task<JsonElement> SendAsync(string subject, Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            (JsonElement? answer, string found, TimeSpan? wait) = await TryAsync(subject, request, cancel).ConfigureAwait(false);
            if (answer is { } value)
            {
                return value;
            }

            if (attempt == MaxAttempts)
            {
                throw new HttpRequestException($"{Address}: {subject}: expected an answer in {MaxAttempts} attempts, found {found}");
            }

            await Task.Delay(wait ?? (firstWait * Math.Pow(2, attempt - 1)), cancel).ConfigureAwait(false);
        }
    }

    private async Task<(JsonElement? Answer, string Found, TimeSpan? Wait)> TryAsync(string subject, Func<HttpRequestMessage> make, CancellationToken cancel)
    {
        try
        {
            using HttpRequestMessage request = make();
            using HttpResponseMessage response = await client.SendAsync(request, cancel).ConfigureAwait(false);
            string text = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
            string found = $"{(int)response.StatusCode}: {(text.Length > LongestQuote ? text[..LongestQuote] + "..." : text)}";
            return IsPassing(response.StatusCode) ? (null, found, RetryAfter(response))
                : response.IsSuccessStatusCode && Parse(text) is { } answer ? (answer, found, null)
                : throw new InvalidDataException($"{Address}: {subject}: expected an answer in JSON, found {found}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return (null, e.Message, null); // cut off, or later than the client waits
        }
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    private static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? wait = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - DateTimeOffset.UtcNow);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
