using Microsoft.Extensions.Options;
using Vlm.Api.Options;
using Vlm.Api.Requests;

namespace Vlm.Api;

/// <summary>Bounds how long a request may take.</summary>
internal sealed class Deadlines(IOptions<LimitsOptions> limits, TimeProvider clock)
{
    /// <summary>Starts the time of a request; it ends with the response.</summary>
    /// <exception cref="RequestException">The client's own limit is no time.</exception>
    public Deadline Start(HttpContext http)
    {
        TimeSpan time = RequestHeaders.ReadTimeout(http.Request, limits.Value.RequestTimeoutSeconds);
        Deadline deadline = new(time, clock, http.RequestAborted);
        http.Response.RegisterForDispose(deadline);
        return deadline;
    }
}

/// <summary>The time of one request: its token fires when the client leaves or the time is over.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly TimeSpan _time;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    public Deadline(TimeSpan time, TimeProvider clock, CancellationToken clientLeft)
    {
        _time = time;
        _timer = new(time, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, clientLeft);
    }

    /// <summary>Fires when the client leaves or the time is over.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Does a part of the request within its time.</summary>
    /// <param name="work">Ends when its token, the same as <see cref="Token"/>, fires.</param>
    /// <exception cref="DeadlineException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return await work(Token);
        }
        catch (OperationCanceledException) when (_timer.IsCancellationRequested)
        {
            throw new DeadlineException(_time);
        }
    }

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
