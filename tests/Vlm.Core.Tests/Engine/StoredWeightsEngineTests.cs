using Vlm.Core.Engine;
using Vlm.Core.Weights;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Engine;

/// <summary>The fast path of a CPU, 16-bit weights in float32 arithmetic: an answer does not depend on what runs beside it.</summary>
[Collection(Alone.Name)] // it sets the number of threads
public sealed class StoredWeightsEngineTests : IDisposable
{
    private readonly EngineFixture _fixture = new(TinyCheckpoint.Create(dtype: TensorDType.F16), "auto");
    private readonly int _threads = get_num_threads();

    public void Dispose()
    {
        set_num_threads(_threads);
        _fixture.Dispose();
    }

    [Fact]
    public async Task GenerateAsync_AnyThreadsBatchAndOrder_GivesTheSameIds()
    {
        GenerationRequest[] requests =
            [.. Enumerable.Range(0, 8).Select(i => _fixture.Request(i, i % 2, maxTokens: 12, merge: EngineFixture.Merges[i % 4]))];
        var expected = await IdsAsync(requests, threads: 1, sequences: 1);
        Assert.Equal(12, expected["request-1"].Length);
        foreach (var (threads, sequences) in new[] { (2, 1), (1, 8), (2, 8) })
        {
            Assert.Equal(expected, await IdsAsync(requests, threads, sequences));
            Assert.Equal(expected, await IdsAsync([.. requests.Reverse()], threads, sequences));
        }
    }

    private async Task<SortedDictionary<string, int[]>> IdsAsync(GenerationRequest[] requests, int threads, int sequences)
    {
        set_num_threads(threads);
        await using var engine = VlmEngine.Start(_fixture.Source, new EngineOptions { MaxBatchSize = sequences, MaxQueue = requests.Length, PrefixCache = false });
        await engine.Ready;
        var outcomes = await Task.WhenAll(requests.Select(request => Outcome.OfAsync(engine.GenerateAsync(request))));
        return new(requests.Zip(outcomes).ToDictionary(pair => pair.First.Id, pair => pair.Second.Ids));
    }
}
