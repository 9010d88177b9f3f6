using System.Diagnostics;

namespace Vlm.Core.Engine;

/// <summary>When a request passed each station, as <see cref="Stopwatch"/> ticks.</summary>
internal sealed class RequestClock
{
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private readonly List<TimeSpan> _tokenGaps = [];
    private long _firstToken;
    private long _lastToken;

    /// <summary>When the request was let in; null before.</summary>
    public long? Admitted { get; set; }

    /// <summary>Time of the encoder batches that held the request's pictures.</summary>
    public TimeSpan Encode { get; set; }

    /// <summary>Notes a token; the first one ends the prefill.</summary>
    public void MarkToken()
    {
        var now = Stopwatch.GetTimestamp();
        if (_firstToken == 0)
        {
            _firstToken = now;
        }
        else
        {
            _tokenGaps.Add(Stopwatch.GetElapsedTime(_lastToken, now));
        }

        _lastToken = now;
    }

    public GenerationTimings Timings
    {
        get
        {
            var admitted = Admitted ?? _submitted;
            var prefill = Stopwatch.GetElapsedTime(admitted, _firstToken) - Encode;
            return new(
                Stopwatch.GetElapsedTime(_submitted, admitted),
                Encode,
                prefill,
                Stopwatch.GetElapsedTime(_firstToken, _lastToken))
            {
                TokenGaps = _tokenGaps,
            };
        }
    }
}
