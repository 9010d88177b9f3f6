using Vlm.Core.Engine;
using static TorchSharp.torch;

namespace Vlm.Eval.Runs;

/// <summary>Engines of one checkpoint side by side, which share the processors and the mapped weights. One engine cuts every product among the processors and leaves
/// them idle between products, so several are faster where products are small.</summary>
public sealed class EngineGroup : IAsyncDisposable
{
    private const int Ahead = 4; // nobody waits for an answer here, so none is refused

    private readonly VlmEngine[] _engines;

    private EngineGroup(VlmEngine[] engines, int maxBatchSize) => (_engines, MaxBatchSize) = (engines, maxBatchSize);

    public IReadOnlyList<IVlmEngine> All => _engines;

    /// <summary>Questions that each engine runs at once.</summary>
    public int MaxBatchSize { get; }

    /// <summary>Starts the engines and waits until they are ready.</summary>
    /// <param name="source">The checkpoint; must stay open until the engines are disposed.</param>
    /// <param name="maxBatchSize">Questions that each engine runs at once.</param>
    /// <param name="count">How many; with more than one, libtorch's threads are divided among them.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<EngineGroup> StartAsync(ModelSource source, int maxBatchSize, int count, CancellationToken cancel)
    {
        if (count > 1)
        {
            set_num_threads(Math.Max(1, get_num_threads() / count));
        }

        EngineOptions options = new() { MaxBatchSize = maxBatchSize, MaxQueue = Ahead * maxBatchSize };
        EngineGroup group = new([.. Enumerable.Range(0, count).Select(_ => VlmEngine.Start(source, options))], maxBatchSize);
        try
        {
            await Task.WhenAll(group._engines.Select(engine => engine.Ready)).WaitAsync(cancel).ConfigureAwait(false);
            return group;
        }
        catch
        {
            await group.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (VlmEngine engine in _engines)
        {
            await engine.DisposeAsync().ConfigureAwait(false);
        }
    }
}
