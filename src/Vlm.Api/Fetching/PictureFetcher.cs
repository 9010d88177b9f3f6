using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using Vlm.Api.Metrics;
using Vlm.Api.Options;
using Vlm.Api.Requests;
using Vlm.Core.Imaging;

namespace Vlm.Api.Fetching;

/// <summary>A picture that was fetched, or why it was not.</summary>
/// <param name="Bytes">What came; empty after a fault.</param>
/// <param name="Fault">Expected and found; null when it came.</param>
/// <param name="Kind">How the request is answered after a fault.</param>
internal sealed record FetchedPicture(byte[] Bytes, string? Fault = null, FaultKind Kind = FaultKind.Refused);

/// <summary>
/// Fetches pictures by URL from hosts that are allowed: public addresses only, every redirect checked like the first URL, no proxy, no
/// cookies, no decompression, bounded in time and bytes. What comes is for the decoder to judge.
/// </summary>
internal sealed class PictureFetcher : IDisposable
{
    private const string Generic = "expected a picture within the server's limits, found the host unreachable, too slow or refusing.";

    private readonly FetchOptions _options;
    private readonly ImageLimits _limits;
    private readonly ApiMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    public PictureFetcher(IOptions<FetchOptions> options, IOptions<ImageLimits> limits, ApiMetrics metrics, TimeProvider clock, Network network)
    {
        (_options, _limits, _metrics, _clock) = (options.Value, limits.Value, metrics, clock);
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            PooledConnectionLifetime = TimeSpan.Zero, // the next request resolves and checks anew
            ConnectCallback = (context, cancel) => network.ConnectAsync(context.DnsEndPoint, cancel),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Fetches every URL among these pictures, each once and all at the same time; none where fetching is off.</summary>
    public async Task<IReadOnlyDictionary<string, FetchedPicture>> FetchAsync(IEnumerable<string?> pictures, int most, CancellationToken cancel)
    {
        string[] urls = _options.IsOn
            ? [.. pictures.OfType<string>().Where(PictureReader.IsUrl).Distinct(StringComparer.Ordinal).Take(most)]
            : [];
        FetchedPicture[] fetched = await Task.WhenAll(urls.Select(u => FetchAsync(u, cancel)));
        return urls.Zip(fetched).ToDictionary(p => p.First, p => p.Second);
    }

    public void Dispose() => _client.Dispose();

    private async Task<FetchedPicture> FetchAsync(string url, CancellationToken cancel)
    {
        using CancellationTokenSource timer = new(TimeSpan.FromSeconds(_options.FetchSeconds), _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancel);
        long start = _clock.GetTimestamp();
        try
        {
            return await FollowAsync(url, either.Token);
        }
        catch (Exception failure) when (Refusal(failure) is { } refusal)
        {
            return new([], refusal.Message);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new([], Generic); // the same for all: answers must not map the network
        }
        finally
        {
            _metrics.NoteFetch(_clock.GetElapsedTime(start));
        }
    }

    private static FetchException? Refusal(Exception failure) => failure as FetchException ?? failure.InnerException as FetchException;

    private async Task<FetchedPicture> FollowAsync(string url, CancellationToken cancel)
    {
        Uri at = Check(Uri.TryCreate(url, UriKind.Absolute, out Uri? first) ? first : null);
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, at);
            request.Headers.Accept.ParseAdd("image/*");
            using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (!IsRedirect(answer.StatusCode))
            {
                return answer.IsSuccessStatusCode ? await ReadAsync(answer, cancel) : new([], Generic);
            }

            if (redirects == _options.MaxRedirects)
            {
                throw new FetchException(string.Create(
                    CultureInfo.InvariantCulture, $"expected at most {_options.MaxRedirects} redirects, found more."));
            }

            at = Check(answer.Headers.Location is { } next ? new Uri(at, next) : null);
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private Uri Check(Uri? url)
    {
        if (url is null || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp))
        {
            throw new FetchException("expected an http or https URL, found another.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw new FetchException("expected a URL without user and password, found one with them.");
        }

        return _options.Allows(url) ? url : throw new FetchException("expected a host and port that this server fetches from, found another.");
    }

    private async Task<FetchedPicture> ReadAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        using MemoryStream bytes = new();
        await using Stream body = await answer.Content.ReadAsStreamAsync(cancel);
        byte[] buffer = new byte[81_920];
        for (int count; (count = await body.ReadAsync(buffer, cancel)) > 0;)
        {
            if (bytes.Length + count > _limits.MaxBytes)
            {
                return new([], string.Create(CultureInfo.InvariantCulture, $"expected at most {_limits.MaxBytes} bytes, found more."), FaultKind.TooLarge);
            }

            bytes.Write(buffer, 0, count);
        }

        return new(bytes.ToArray());
    }
}
