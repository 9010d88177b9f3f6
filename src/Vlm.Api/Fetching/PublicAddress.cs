// IANA's registries of special-purpose addresses (RFC 6890 and successors).
using System.Net;

namespace Vlm.Api.Fetching;

/// <summary>Which addresses belong to the public internet.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] SpecialV4 = Parse(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4");

    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    // Protocol assignments with Teredo, documentation, 6to4: the last two embed other addresses.
    private static readonly IPNetwork[] SpecialV6 = Parse("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    /// <summary>Whether an address may be connected to.</summary>
    public static bool Is(IPAddress address)
    {
        IPAddress plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? !SpecialV4.Any(n => n.Contains(plain))
            : GlobalV6.Contains(plain) && !SpecialV6.Any(n => n.Contains(plain));
    }

    private static IPNetwork[] Parse(params string[] networks) => [.. networks.Select(n => IPNetwork.Parse(n))];
}
