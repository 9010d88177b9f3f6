using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Engine;

/// <summary>Pictures that the engine looks at between its steps.</summary>
public class PreviewTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    public static TheoryData<string> Specs =>
        [.. EngineFixture.Merges.Select(merge => merge.ToString()), "pitome:0.9,order=raster", "random_prune:0.8,seed=3"];

    [Theory]
    [MemberData(nameof(Specs))]
    public async Task PreviewAsync_AnyMerging_ReportsWhatTheTowerDid(string spec)
    {
        MergeSpec merge = MergeSpec.Parse(spec);
        var pixels = fixture.Picture(3);
        using var batch = tensor(pixels.Data, [1, 3, pixels.Size, pixels.Size]);
        using var tower = fixture.Model.EncodeImages(batch, merge, trace: true, [PictureEncoder.Seed(pixels.ContentKey)]);
        await using var engine = await StartAsync(new EngineOptions());

        PreviewOutput output = await engine.PreviewAsync(pixels, merge);

        int[] owner = [.. tower.Owner!.cpu().data<long>().ToArray().Skip(1).Select(token => (int)token)];
        Assert.Equal(owner, output.Layers[^1].Owner!);
        Assert.Equal(
            TokenMergers.TokensPerLayer(merge, fixture.Source.Description.MergeShape),
            output.Layers.Select(layer => layer.TokensBefore).Append(output.Layers[^1].TokensAfter));
        Assert.Equal(spec.StartsWith("pitome/paper", StringComparison.Ordinal), output.Layers[0].Energy is not null);
    }

    [Fact]
    public async Task PreviewAsync_AmongRequests_ChangesNoAnswer()
    {
        using var driver = fixture.Drive();
        GenerationRequest[] requests = [.. Enumerable.Range(0, 6).Select(i => fixture.Request(i, i % 2))];
        await using var engine = await StartAsync(new EngineOptions { MaxBatchSize = 2, MaxQueue = 10 });

        var answers = requests.Select(request => Task.Run(() => Outcome.OfAsync(engine.GenerateAsync(request)))).ToList();
        var previews = Enumerable.Range(0, 6).Select(i => engine.PreviewAsync(fixture.Picture(i), EngineFixture.Merges[1])).ToList();
        var outcomes = await Task.WhenAll(answers);
        await Task.WhenAll(previews);

        Assert.Equal(requests.Select(request => driver.Run(request).Ids), outcomes.Select(outcome => outcome.Ids));
        Assert.Equal(0, engine.Load.Waiting);
    }

    [Fact]
    public void PreviewAsync_Queued_CountsAsWaitingUntilItRan()
    {
        using var driver = fixture.Drive();
        PreviewRequest[] previews = [.. Enumerable.Range(0, 2).Select(_ => Preview(CancellationToken.None))];
        Array.ForEach(previews, preview => preview.Enter(driver.Core));

        Assert.Equal(2, driver.Core.Load.Waiting);
        Assert.True(driver.Core.HasWork);
        driver.Step();
        Assert.Equal(1, driver.Core.Load.Waiting); // one per step
        Assert.True(previews[0].Output.IsCompletedSuccessfully);
        driver.Step();
        Assert.False(driver.Core.HasWork);
    }

    [Fact]
    public async Task PreviewAsync_Cancelled_IsDropped()
    {
        using var driver = fixture.Drive();
        using CancellationTokenSource cancel = new();
        PreviewRequest preview = Preview(cancel.Token);
        preview.Enter(driver.Core);
        await cancel.CancelAsync();

        driver.Step();

        Assert.True(preview.Output.IsCanceled);
    }

    [Fact]
    public async Task Pictures_CancelledWhileTheyWait_AreDroppedAtOnce()
    {
        using var driver = fixture.Drive(new EngineOptions { MaxEncodeBatch = 1 });
        using CancellationTokenSource cancel = new();
        PreviewRequest[] previews = [.. Enumerable.Range(0, 3).Select(_ => Preview(cancel.Token))];
        EmbedRequest[] embeds = [.. Enumerable.Range(0, 3).Select(i => Embed(i, cancel.Token))];
        Array.ForEach<IArrival>([.. previews, .. embeds], request => request.Enter(driver.Core));
        driver.Core.Admit(); // one of those to embed has begun
        await cancel.CancelAsync();

        driver.Core.Admit();

        Assert.False(driver.Core.HasWork);
        Assert.Equal(0, driver.Core.Load.Waiting);
        Assert.All(previews, preview => Assert.True(preview.Output.IsCanceled));
        Assert.All(embeds, embed => Assert.True(embed.Output.IsCanceled));
        driver.Step();
        Assert.Equal(0, driver.Core.Load.ImageCacheBytes); // nothing was encoded
    }

    [Fact]
    public async Task PreviewAsync_EngineStops_FailsAsUnavailable()
    {
        using var driver = fixture.Drive();
        PreviewRequest preview = Preview(CancellationToken.None);
        preview.Enter(driver.Core);

        driver.Core.StopAll();

        await Assert.ThrowsAsync<EngineUnavailableException>(() => preview.Output);
    }

    [Fact]
    public async Task PreviewAsync_PictureOfAnotherSize_FailsAloneAndTheEngineGoesOn()
    {
        await using var engine = await StartAsync(new EngineOptions());
        var small = new PixelValues(28, new float[3 * 28 * 28], 28, 28);

        await Assert.ThrowsAsync<ArgumentException>(() => engine.PreviewAsync(small, MergeSpec.None));

        Assert.NotEmpty((await engine.PreviewAsync(fixture.Picture(1), MergeSpec.None)).Layers);
    }

    [Fact]
    public async Task PreviewAsync_AfterDrain_Throws()
    {
        await using var engine = await StartAsync(new EngineOptions());
        await engine.DrainAsync(TimeSpan.Zero);

        Assert.Throws<EngineUnavailableException>(() => { _ = engine.PreviewAsync(fixture.Picture(1), MergeSpec.None); });
    }

    private EmbedRequest Embed(int seed, CancellationToken cancel)
    {
        var pixels = fixture.Picture(seed);
        return new(pixels, new PictureKey(pixels.ContentKey, MergeSpec.None, ""), cancel);
    }

    private PreviewRequest Preview(CancellationToken cancel) => new(fixture.Picture(1), MergeSpec.Parse("pitome:0.9"), cancel);

    private async Task<VlmEngine> StartAsync(EngineOptions options)
    {
        var engine = VlmEngine.Start(fixture.Source, options);
        await engine.Ready;
        return engine;
    }
}
