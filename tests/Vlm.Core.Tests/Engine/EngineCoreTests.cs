using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Merge;

namespace Vlm.Core.Tests.Engine;

public class EngineCoreTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    public void Step_AmongOthersArrivingAtRandom_GivesTheIdsOfEachAlone(int count)
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, count).Select(Mixed)];
        using var alone = fixture.Drive();
        int[][] expected = [.. requests.Select(request => alone.Run(request).Ids)];

        // Small steps and few places: prompts come in chunks beside decodes, pictures in several batches, requests
        // queue.
        foreach (var seed in new[] { 1, 2 })
        {
            var options = new EngineOptions { MaxBatchSize = 6, MaxStepTokens = 24, MaxEncodeBatch = 3, BlockSize = 4 };
            using var together = fixture.Drive(options);
            var random = new Random(seed);
            var active = new ActiveRequest?[count];
            foreach (var i in Enumerable.Range(0, count).OrderBy(_ => random.Next()))
            {
                active[i] = together.Submit(requests[i]);
                for (var steps = random.Next(3); steps > 0; steps--)
                {
                    together.Step();
                }
            }

            together.RunToEnd();
            Assert.Equal(expected, active.Select(request => Outcome.Of(request!).Ids));
        }
    }

    [Fact]
    public void Step_PicturesOfEveryMergeSetting_ReportsWhatTheSchedulePromises()
    {
        using var driver = fixture.Drive();
        var active = EngineFixture.Merges.Select(
            (merge, i) => driver.Submit(fixture.Request(i, numPictures: 2, merge: merge))).ToList();
        driver.RunToEnd();
        foreach (var (request, merge) in active.Zip(EngineFixture.Merges))
        {
            var started = Outcome.Of(request).Started!;
            var tokens = TokenMergers.VisualTokens(merge, fixture.Model.MergeShape);
            var usage = new ImageUsage(
                56, 56, 16, tokens, merge.Method, merge.IsNone ? null : merge.Profile, merge.Ratio, Cached: false);
            Assert.Equal([usage, usage], started.Images);
            Assert.Equal(request.Group.Prompt.Tokens.Count, started.PromptTokens);
        }
    }

    [Fact]
    public void Step_TwoBiasedTokensAndAPenaltyBetweenThem_TakeTurns()
    {
        using var driver = fixture.Drive();
        var biases = new Dictionary<int, double> { [40] = 100, [41] = 99 };
        SamplingOptions sampling = new() { LogitBias = biases, FrequencyPenalty = 2 };

        Assert.Equal([40, 41], driver.Run(fixture.Request(3, maxTokens: 12, sampling: sampling)).Ids.Distinct().Order());
        Assert.Equal([40, 40, 40], driver.Run(fixture.Request(3, maxTokens: 3, sampling: sampling with { FrequencyPenalty = 0 })).Ids);
        var outside = fixture.Request(3, sampling: sampling with { LogitBias = new Dictionary<int, double> { [99999] = 1 } });
        Assert.StartsWith("logit_bias: expected token ids from 0 to", Assert.Throws<ArgumentException>(() => driver.Run(outside)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_Cancelled_FreesTheBlocksWithinIt()
    {
        using var driver = fixture.Drive();
        using var cancel = new CancellationTokenSource();
        var other = driver.Submit(fixture.Request(1, maxTokens: 20));
        driver.Submit(fixture.Request(2, numPictures: 1, maxTokens: 50), cancel.Token);
        var before = driver.Core.Load;
        driver.Step();
        driver.Step();
        Assert.Equal(2, driver.Core.Load.Running);

        cancel.Cancel();
        driver.Step();
        Assert.Equal(1, driver.Core.Load.Running);
        driver.RunToEnd();
        Assert.Equal(before.Blocks, driver.Core.Load.FreeBlocks);
        Assert.Equal(20, Outcome.Of(other).Ids.Length);
    }

    [Fact]
    public void Step_CancelledWhileWaiting_NeverStarts()
    {
        using var driver = fixture.Drive(new EngineOptions { MaxBatchSize = 1 });
        using var cancel = new CancellationTokenSource();
        driver.Submit(fixture.Request(1));
        var waiting = driver.Submit(fixture.Request(2, numPictures: 1), cancel.Token);
        driver.Step();
        cancel.Cancel();
        driver.Step();
        Assert.Equal((0, 1), (driver.Core.Load.Waiting, driver.Core.Load.Running));
        Assert.IsType<OperationCanceledException>(
            Assert.IsType<GenerationEvent.Failed>(Outcome.Of(waiting).Last).Error);
    }

    [Fact]
    public void Step_EncoderFails_EndsThoseRequestsAndGoesOn()
    {
        using var driver = fixture.Drive();
        var size = fixture.Source.Description.ImageSize / 2;
        var picture = new PixelValues(size, new float[3 * size * size], 1, 1);
        var bad = fixture.Request(1, numPictures: 1) with { Images = [picture] };
        var (failing, fine) = (driver.Submit(bad), driver.Submit(fixture.Request(2)));
        driver.RunToEnd();
        var error = Assert.IsType<ArgumentException>(
            Assert.IsType<GenerationEvent.Failed>(Outcome.Of(failing).Last).Error);
        Assert.StartsWith(
            "Pixel values: expected [B, 3, 56, 56], found [1, 3, 28, 28].", error.Message, StringComparison.Ordinal);
        Assert.Equal(8, Outcome.Of(fine).Ids.Length);
        Assert.Equal(driver.Core.Load.Blocks, driver.Core.Load.FreeBlocks);
        Assert.Equal(8, driver.Run(fixture.Request(3, numPictures: 1)).Ids.Length);
    }

    [Fact]
    public void Step_RequestLargerThanCache_FailsAtOnce()
    {
        using var driver = fixture.Drive(new EngineOptions { KvCacheBytes = 1 << 20, MaxBatchSize = 1 });
        int[] choice = [.. Enumerable.Repeat(5, 400)];
        var request = fixture.Request(1) with { Choices = [.. Enumerable.Repeat(choice, 64)] };
        var error = Assert.IsType<GenerationEvent.Failed>(driver.Run(request).Last).Error;
        Assert.IsType<RequestTooLargeException>(error);
        Assert.StartsWith("KV cache: expected a request of at most ", error.Message, StringComparison.Ordinal);
    }

    private GenerationRequest Mixed(int i) =>
        fixture.Request(i, numPictures: i % 3, maxTokens: 4 + (i % 5), EngineFixture.Merges[i % 4]);
}
