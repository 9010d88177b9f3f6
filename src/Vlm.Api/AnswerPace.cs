using Vlm.Core.Engine;

namespace Vlm.Api;

/// <summary>How long answers take of late, and from that when a refused client may find a place. Used by many threads.</summary>
internal sealed class AnswerPace
{
    private const double Weight = 1.0 / 16; // of the newest answer in the mean

    private readonly Lock _lock = new();
    private TimeSpan? _mean;

    /// <summary>Notes how long an answer took from its request to its end.</summary>
    public void Note(TimeSpan time)
    {
        lock (_lock)
        {
            _mean = _mean is { } mean ? mean + ((time - mean) * Weight) : time;
        }
    }

    /// <summary>When those that wait now will have begun: by Little's law, as many requests leave in the mean time of an answer as are
    /// inside. Null before the first answer.</summary>
    public TimeSpan? UntilPlace(EngineLoad load)
    {
        lock (_lock)
        {
            return _mean * ((double)Math.Max(1, load.Waiting) / Math.Max(1, load.Waiting + load.Running));
        }
    }
}
