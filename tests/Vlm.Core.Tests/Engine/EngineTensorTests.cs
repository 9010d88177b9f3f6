using Vlm.Core.Engine;
using Vlm.Torch;

namespace Vlm.Core.Tests.Engine;

/// <summary>No tensor outlives its request. Alone in the process while it runs, since it counts the tensors of all
/// threads.</summary>
[Collection(Alone.Name)]
public class EngineTensorTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    [Fact]
    public void Step_FiveHundredRequestsOverHundredPictures_LeavesNoTensor()
    {
        using var driver = fixture.Drive(new EngineOptions { ImageCacheBytes = 0 });
        driver.Run(Many(0)); // whatever is made once
        var before = Live();
        for (var i = 0; i < 500; i++)
        {
            using var cancel = new CancellationTokenSource();
            driver.Submit(Many(i), cancel.Token);
            driver.Step();
            if (i % 10 == 0)
            {
                cancel.Cancel();
                driver.Step();
            }
        }

        driver.RunToEnd();
        Assert.Equal(before, Live());
        Assert.Equal(driver.Core.Load.Blocks, driver.Core.Load.FreeBlocks);
    }

    private GenerationRequest Many(int i) => fixture.Request(
        i % 100,
        numPictures: 1,
        maxTokens: 3,
        EngineFixture.Merges[i % 4],
        new SamplingOptions { Temperature = i % 3, Seed = 1, Logprobs = i % 5 });

    // What earlier tests left to the finalizer must not go away between two counts.
    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Kernels.Default.LiveTensors;
    }
}
