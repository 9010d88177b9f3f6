using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Options;

/// <summary>Section <c>Images</c>: pictures by URL.</summary>
public sealed class FetchOptions
{
    /// <summary>Hosts that pictures are fetched from, separated by commas, as <c>example.com</c> (its default ports) or
    /// <c>example.com:8443</c>; <c>*</c> for every host with a public address. Empty: URLs are refused.</summary>
    public string AllowedHosts { get; set; } = "";

    /// <summary>Longest time to fetch one picture, redirects included, in seconds.</summary>
    [Range(1, 300)]
    public int FetchSeconds { get; set; } = 10;

    /// <summary>Most redirects of one picture; each is checked like the first URL.</summary>
    [Range(0, 10)]
    public int MaxRedirects { get; set; } = 3;

    /// <summary>Whether any host is allowed.</summary>
    internal bool IsOn => Hosts.Length > 0;

    private string[] Hosts => AllowedHosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Whether this host and port are allowed.</summary>
    internal bool Allows(Uri url)
    {
        string host = url.IdnHost.TrimEnd('.').ToLowerInvariant();
        return Hosts.Any(h => url.IsDefaultPort
            ? h == "*" || h.Equals(host, StringComparison.OrdinalIgnoreCase)
            : h.Equals($"{host}:{url.Port}", StringComparison.OrdinalIgnoreCase));
    }
}
