using System.Globalization;

namespace Vlm.Api;

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
        Token = _either.Token;
    }

    /// <summary>Fires when the client leaves or the time is over.</summary>
    public CancellationToken Token { get; }

    /// <summary>Does a part of the request within its time.</summary>
    /// <param name="work">Ends when <see cref="Token"/> fires.</param>
    /// <exception cref="DeadlineException">The time is over.</exception>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
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

/// <summary>A request that took longer than the server allows.</summary>
public sealed class DeadlineException(TimeSpan time)
    : Exception(string.Create(
        CultureInfo.InvariantCulture,
        $"request: expected an end within {time.TotalSeconds} s, found it still running."));
