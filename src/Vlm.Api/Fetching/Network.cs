using System.Net;
using System.Net.Sockets;

namespace Vlm.Api.Fetching;

/// <summary>The outside as the fetcher sees it; tests put their own in its place.</summary>
public class Network
{
    /// <summary>Addresses of a name, or the address that it spells.</summary>
    public virtual async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel) =>
        IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(host, cancel);

    /// <summary>Whether an address may be connected to.</summary>
    public virtual bool IsAllowed(IPAddress address) => PublicAddress.Is(address);

    /// <summary>Resolves once and connects to an address that was checked, so that a second answer of the name's server changes
    /// nothing.</summary>
    /// <exception cref="FetchException">One of the addresses is not allowed.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancel)
    {
        IPAddress[] addresses = await ResolveAsync(target.Host, cancel);
        if (addresses.Length == 0 || !addresses.All(IsAllowed))
        {
            throw new FetchException("expected a host with public addresses only, found another.");
        }

        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A picture that is not fetched; the message says expected and found, and nothing about the inside of the network.</summary>
public sealed class FetchException(string message) : Exception(message);
