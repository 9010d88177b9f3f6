namespace Vlm.Api.Access;

/// <summary>So many requests per minute: a full bucket at first, refilled steadily. Used by many threads.</summary>
internal sealed class TokenBucket(int perMinute, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private double _tokens = perMinute;
    private long _last = clock.GetTimestamp();

    /// <summary>Takes a token.</summary>
    /// <returns>Null when there was one; else the time until the next.</returns>
    public TimeSpan? TryTake()
    {
        lock (_lock)
        {
            long now = clock.GetTimestamp();
            _tokens = Math.Min(perMinute, _tokens + (clock.GetElapsedTime(_last, now).TotalMinutes * perMinute));
            _last = now;
            if (_tokens < 1)
            {
                return TimeSpan.FromMinutes((1 - _tokens) / perMinute);
            }

            _tokens--;
            return null;
        }
    }
}
