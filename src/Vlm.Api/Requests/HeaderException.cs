using Microsoft.Net.Http.Headers;

namespace Vlm.Api.Requests;

/// <summary>A request that is refused for a header.</summary>
/// <param name="header">Name of the header.</param>
/// <param name="message">Expected and found.</param>
public abstract class HeaderException(string header, string message) : Exception($"{header}: {message}")
{
    /// <summary>What is wrong, by the name of the header.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = new Dictionary<string, string[]> { [header] = [message] };
}

/// <summary>A request without a valid key.</summary>
/// <param name="message">Expected and found.</param>
public sealed class UnauthorizedException(string message) : HeaderException(HeaderNames.Authorization, message);

/// <summary>A body of a media type or encoding that is not read here.</summary>
/// <param name="header">The header that says so.</param>
/// <param name="message">Expected and found.</param>
public sealed class UnsupportedMediaException(string header, string message) : HeaderException(header, message);
