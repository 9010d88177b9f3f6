using System.Collections.Concurrent;

namespace Vlm.Eval.Training;

/// <summary>Prepares the batches of coming steps, in order, on a thread of its own.</summary>
internal sealed class Prefetch<TBatch> : IDisposable
{
    private const int Ahead = 3;

    private readonly BlockingCollection<TBatch> _ready = new(Ahead);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    public Prefetch(Func<long, TBatch> prepare, long firstStep) =>
        _worker = Task.Factory.StartNew(() => Fill(prepare, firstStep), TaskCreationOptions.LongRunning);

    /// <summary>The batch of the next step.</summary>
    public TBatch Next()
    {
        if (_worker.IsFaulted)
        {
            _worker.GetAwaiter().GetResult();
        }

        return _ready.Take(_stop.Token);
    }

    public void Dispose()
    {
        _stop.Cancel();
        ((IAsyncResult)_worker).AsyncWaitHandle.WaitOne();
        _ready.Dispose();
        _stop.Dispose();
    }

    private void Fill(Func<long, TBatch> prepare, long step)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                _ready.Add(prepare(step++), _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed while it waited for room.
        }
        catch
        {
            _stop.Cancel();
            throw;
        }
    }
}
