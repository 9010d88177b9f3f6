using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

/// <summary>Caches change how much is computed, never what comes out.</summary>
public class CacheTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private static readonly EngineOptions Off = new() { ImageCacheBytes = 0, PrefixCache = false };

    [Fact]
    public void Run_SameRequestAgain_NeedsNeitherTowerNorPrompt()
    {
        using var driver = fixture.Drive();
        var first = driver.Run(Ask(1));
        var second = driver.Run(Ask(1));

        Assert.Equal((0, false), (first.Started!.CachedTokens, first.Started.Images[0].Cached));
        var whole = (first.Started.PromptTokens - 1) / new EngineOptions().BlockSize * new EngineOptions().BlockSize;
        Assert.Equal((whole, true), (second.Started!.CachedTokens, second.Started.Images[0].Cached));
        Assert.Equal(first.Ids, second.Ids);
        Assert.Equal(TimeSpan.Zero, second.Finished.Timings.Encode);
    }

    [Fact]
    public void Run_OtherTextAboutAPicture_NeedsNoTower()
    {
        using var driver = fixture.Drive(new EngineOptions { PrefixCache = false });
        driver.Run(Ask(1));

        var other = driver.Run(Ask(1) with { PromptIds = [.. Ask(1).PromptIds, 7] });

        Assert.Equal((0, true), (other.Started!.CachedTokens, other.Started.Images[0].Cached));
    }

    [Fact]
    public void Run_OtherSettingOrTenant_FindsNothing()
    {
        using var driver = fixture.Drive();
        driver.Run(Ask(1));

        Assert.All(
            [
                Ask(1) with { Merge = EngineFixture.Merges[2] },
                Ask(1) with { Tenant = "ann" },
                Ask(1) with { Images = [fixture.Picture(99)] },
            ],
            request =>
            {
                var started = driver.Run(request).Started!;
                Assert.Equal((0, false), (started.CachedTokens, started.Images[0].Cached));
            });
    }

    [Fact]
    public void Run_ManyMixedRequests_AnswersAsWithoutCaches()
    {
        using var plain = fixture.Drive(Off);
        // Few blocks and bytes, so that both caches have to make room all the time.
        using var cached = fixture.Drive(new EngineOptions { KvCacheBytes = 1 << 20, ImageCacheBytes = 20_000 });
        GenerationRequest[] requests = [.. Enumerable.Range(0, 60).Select(i => Mixed(i, new Random(i)))];

        foreach (var batch in requests.Chunk(12))
        {
            var active = batch.Select(request => cached.Submit(request)).ToList();
            cached.RunToEnd();
            foreach (var (request, outcome) in batch.Zip(active.Select(Outcome.Of)))
            {
                var expected = plain.Run(request);
                Assert.Equal(expected.Ids, outcome.Ids);
                Assert.Equal(Rounded(expected), Rounded(outcome));
            }
        }

        Assert.True(cached.Core.Load.CachedPromptTokens > 0);
        Assert.True(cached.Core.Load.CachedPictures > 0);
        Assert.Equal(cached.Core.Load.Blocks, cached.Core.Load.FreeBlocks);
    }

    private static IEnumerable<double> Rounded(Outcome outcome) =>
        (outcome.Finished.ChoiceLogprobs ?? []).Select(score => Math.Round(score, 9));

    // 3 pictures, 4 settings, 6 texts, of which the longer begin like the shorter.
    private GenerationRequest Mixed(int index, Random random)
    {
        var ask = Ask(random.Next(3)) with { Merge = EngineFixture.Merges[random.Next(4)] };
        int[] tail = [.. Enumerable.Range(10, 5 * random.Next(6))];
        return ask with
        {
            PromptIds = [.. ask.PromptIds, .. tail],
            Choices = index % 5 == 0 ? [[5, 6, 7], [8]] : null,
            Sampling = new SamplingOptions { MaxTokens = 6, Temperature = index % 3, Seed = 5 },
        };
    }

    private GenerationRequest Ask(int picture) =>
        fixture.Request(seed: 1, numPictures: 1, maxTokens: 6) with { Images = [fixture.Picture(picture)] };
}
