using System.Security.Cryptography;
using System.Text;
using Vlm.Api.Options;

namespace Vlm.Api.Access;

/// <summary>A key with what it has used of its limits. Used by many threads.</summary>
internal sealed class ApiKey(ApiKeyOptions options, TimeProvider clock)
{
    private readonly byte[] _hash = Convert.FromHexString(options.Hash.AsSpan("sha256:".Length));
    private readonly TokenBucket? _rate = options.RequestsPerMinute is { } perMinute ? new(perMinute, clock) : null;
    private int _running;

    /// <summary>Name in logs.</summary>
    public string Name => options.Name;

    /// <summary>Whether a text is this key; takes the same time whatever the text.</summary>
    public bool Is(string key) => CryptographicOperations.FixedTimeEquals(_hash, SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Begins a request within the limits; every call needs one <see cref="Leave"/>.</summary>
    /// <exception cref="KeyLimitException">A limit is reached.</exception>
    public void Enter()
    {
        if (Interlocked.Increment(ref _running) > (options.MaxConcurrent ?? int.MaxValue))
        {
            Leave();
            throw new KeyLimitException($"key {Name}: expected at most {options.MaxConcurrent} requests at once, found one more.", null);
        }

        if (_rate?.TryTake() is { } wait)
        {
            Leave();
            throw new KeyLimitException(
                $"key {Name}: expected at most {options.RequestsPerMinute} requests per minute, found one more.", wait);
        }
    }

    /// <summary>Ends a request.</summary>
    public void Leave() => Interlocked.Decrement(ref _running);
}

/// <summary>A request above the limits of its key.</summary>
/// <param name="message">Subject, expected, found.</param>
/// <param name="wait">After which time the next one is allowed, where that is known.</param>
public sealed class KeyLimitException(string message, TimeSpan? wait) : Exception(message)
{
    /// <summary>After which time the next one is allowed, where that is known.</summary>
    public TimeSpan? Wait { get; } = wait;
}
