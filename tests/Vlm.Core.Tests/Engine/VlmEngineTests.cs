using System.Collections;
using Vlm.Core.Engine;
using Vlm.Torch.Native;

namespace Vlm.Core.Tests.Engine;

/// <summary>The engine with its thread.</summary>
public class VlmEngineTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task GenerateAsync_ManyAtOnce_GiveTheIdsOfTheCore()
    {
        using var driver = fixture.Drive();
        GenerationRequest[] requests = [
            .. Enumerable.Range(0, 16).Select(i => fixture.Request(i, i % 2, merge: EngineFixture.Merges[i % 4]))];
        await using var engine = await StartAsync(new EngineOptions());
        var outcomes = await Task.WhenAll(
            requests.Select(request => Task.Run(() => Outcome.OfAsync(engine.GenerateAsync(request)))));
        Assert.Equal(requests.Select(request => driver.Run(request).Ids), outcomes.Select(outcome => outcome.Ids));
    }

    [Fact]
    public async Task GenerateAsync_NobodyReads_OthersGoOn()
    {
        await using var engine = await StartAsync(new EngineOptions { MaxBatchSize = 2 });
        var unread = engine.GenerateAsync(fixture.Request(1, maxTokens: 200));
        var outcome = await Outcome.OfAsync(engine.GenerateAsync(fixture.Request(2, maxTokens: 250)));
        Assert.Equal(250, outcome.Ids.Length);
        Assert.Equal(200, (await Outcome.OfAsync(unread)).Ids.Length);
    }

    [Fact]
    public async Task GenerateAsync_TooLong_ThrowsAtOnce()
    {
        await using var engine = await StartAsync(new EngineOptions());
        var request = fixture.Request(1, maxTokens: 512);
        var error = Assert.Throws<ArgumentException>(() => engine.GenerateAsync(request));
        Assert.Equal(
            $"prompt and max_tokens: expected at most 512 tokens together, found {request.PromptIds.Count} + 512.",
            error.Message);
    }

    [Fact]
    public async Task GenerateAsync_QueueFull_Throws()
    {
        await using var engine = await StartAsync(new EngineOptions { MaxBatchSize = 1, MaxQueue = 1 });
        using var cancel = new CancellationTokenSource();
        var goOn = new TaskCompletionSource();
        var running = engine.GenerateAsync(fixture.Request(1, sampling: Held(goOn.Task)), cancel: cancel.Token);
        await Until(() => engine.Load is { Waiting: 0, Running: 1 });
        var waiting = engine.GenerateAsync(fixture.Request(2), cancel: cancel.Token);
        var error = Assert.Throws<QueueFullException>(() => engine.GenerateAsync(fixture.Request(3)));
        Assert.Equal("Engine: expected at most 2 requests, running and waiting, found 3.", error.Message);
        cancel.Cancel();
        goOn.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Outcome.OfAsync(running));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Outcome.OfAsync(waiting));
    }

    [Fact]
    public async Task Reserve_TheOnlyPlace_IsForWhoHandsItIn()
    {
        await using var engine = await StartAsync(new EngineOptions { MaxBatchSize = 1, MaxQueue = 0 });
        var (picture, merge) = (fixture.Picture(1), EngineFixture.Merges[1]);
        using (var place = engine.Reserve())
        {
            Assert.Throws<QueueFullException>(() => engine.GenerateAsync(fixture.Request(1)));
            Assert.Equal(8, (await Outcome.OfAsync(engine.GenerateAsync(fixture.Request(2), place))).Ids.Length);
        }

        using (var place = engine.Reserve())
        {
            Assert.NotEmpty((await engine.PreviewAsync(picture, merge, place)).Layers);
        }

        using (var place = engine.Reserve())
        {
            Assert.NotEmpty((await engine.EmbedAsync(picture, merge, reserved: place)).Values);
        }

        using var again = engine.Reserve();
    }

    [Theory]
    [InlineData("CUDA error: an illegal memory access was encountered", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_EXECUTION_FAILED when calling `cublasSgemm`", true)]
    [InlineData("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", false)]
    [InlineData("CUDA error: out of memory", false)]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", false)]
    [InlineData("The size of tensor a (3) must match the size of tensor b (4)", false)]
    public async Task Serve_LibtorchFails_EndsWhereTheDeviceIsLost(string message, bool isLost)
    {
        await using var engine = await StartAsync(new EngineOptions());
        var stops = new StopsOnEngine(() => throw new TorchException(message));
        var request = fixture.Request(1, sampling: new SamplingOptions { Stop = stops });

        var outcome = await Outcome.OfAsync(engine.GenerateAsync(request));

        Assert.Equal(message, Assert.IsType<GenerationEvent.Failed>(outcome.Last).Error.Message);
        if (isLost)
        {
            Assert.Equal(message, (await Assert.ThrowsAsync<TorchException>(() => engine.Completion)).Message);
            Assert.Equal(EngineStatus.Stopped, engine.Status);
        }
        else
        {
            Assert.Equal(8, (await Outcome.OfAsync(engine.GenerateAsync(fixture.Request(2)))).Ids.Length);
        }
    }

    [Fact]
    public async Task GenerateAsync_ReaderLeaves_FreesThePlace()
    {
        await using var engine = await StartAsync(new EngineOptions { MaxBatchSize = 1 });
        await foreach (var item in engine.GenerateAsync(fixture.Request(1, maxTokens: 480)))
        {
            if (item is GenerationEvent.Token)
            {
                break;
            }
        }

        Assert.Equal(8, (await Outcome.OfAsync(engine.GenerateAsync(fixture.Request(2)))).Ids.Length);
        await Until(() => engine.Load.Running == 0);
        Assert.Equal(engine.Load.Blocks, engine.Load.FreeBlocks);
    }

    [Fact]
    public async Task DrainAsync_Running_LetsThemEndAndRefusesNewOnes()
    {
        await using var engine = await StartAsync(new EngineOptions());
        var running = engine.GenerateAsync(fixture.Request(1, maxTokens: 50));
        var drain = engine.DrainAsync(TimeSpan.FromMinutes(5));
        Assert.Throws<EngineUnavailableException>(() => engine.GenerateAsync(fixture.Request(2)));
        await drain;
        Assert.Equal(FinishReason.Length, (await Outcome.OfAsync(running)).Finished.Reason);
        Assert.Equal(EngineStatus.Stopped, engine.Status);
    }

    [Fact]
    public async Task DisposeAsync_MidRequest_EndsWhatRunsAsCancelledAndWhatWaitsAsUnavailable()
    {
        var engine = await StartAsync(new EngineOptions { MaxBatchSize = 1 });
        var goOn = new TaskCompletionSource();
        var running = engine.GenerateAsync(fixture.Request(1, sampling: Held(goOn.Task)));
        await Until(() => engine.Load is { Waiting: 0, Running: 1 });
        var waiting = engine.GenerateAsync(fixture.Request(2));
        var end = engine.DisposeAsync();
        goOn.SetResult(); // the first token comes out, and nothing more
        await end;

        var outcome = await Outcome.OfAsync(running);
        Assert.Equal((FinishReason.Cancelled, 1), (outcome.Finished.Reason, outcome.Ids.Length));
        var failed = Assert.IsType<GenerationEvent.Failed>((await Outcome.OfAsync(waiting)).Last);
        var error = Assert.IsType<EngineUnavailableException>(failed.Error);
        Assert.Equal("Engine: expected it to be Ready, found it Stopped.", error.Message);
        Assert.Throws<EngineUnavailableException>(() => engine.GenerateAsync(fixture.Request(3)));
    }

    [Fact]
    public async Task Start_ModelCannotBeLoaded_SurfacesTheCause()
    {
        await using var engine = VlmEngine.Start(fixture.Source, new EngineOptions { KvCacheBytes = 1L << 60 });
        var error = await Assert.ThrowsAsync<ArgumentException>(() => engine.Ready);
        Assert.StartsWith("KV cache: expected at most ", error.Message, StringComparison.Ordinal);
        await Until(() => engine.Status == EngineStatus.Stopped);
        Assert.Throws<EngineUnavailableException>(() => engine.GenerateAsync(fixture.Request(1)));
    }

    private async Task<VlmEngine> StartAsync(EngineOptions options)
    {
        var engine = VlmEngine.Start(fixture.Source, options);
        await engine.Ready;
        return engine;
    }

    // The engine thread publishes what it did after each step; a test may only wait for it.
    private static async Task Until(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Yield();
        }
    }

    /// <summary>Settings of a request whose first step ends when the test says so.</summary>
    private static SamplingOptions Held(Task goOn) => new() { Stop = new StopsOnEngine(() => goOn.Wait(TimeSpan.FromMinutes(5))) };

    /// <summary>No stop texts, but something happens when the engine looks for them: in the middle of a step.</summary>
    private sealed class StopsOnEngine(Action look) : IReadOnlyList<string>
    {
        public int Count => 0;

        public string this[int index] => throw new ArgumentOutOfRangeException(nameof(index));

        public IEnumerator<string> GetEnumerator()
        {
            if (Thread.CurrentThread.Name == "vlm-engine")
            {
                look();
            }

            return Enumerable.Empty<string>().GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
