using TorchSharp;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Counts of live native tensors; alone in the process, since other tests hold tensors, too.</summary>
[Collection(nameof(TensorLifetimeTests))]
[CollectionDefinition(nameof(TensorLifetimeTests), DisableParallelization = true)]
public class TensorLifetimeTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("pitome:0.8")]
    [InlineData("pitome/paper:0.8")]
    [InlineData("tome/paper:0.8,order=raster")]
    [InlineData("diffrate:0.8")]
    [InlineData("mctf/upstream:0.8")]
    [InlineData("random_prune:0.8,seed=3")]
    public void Merging_AfterTower_LeavesNoTensorBehind(string spec)
    {
        long before = LiveTensors();
        using (DisposeScope scope = NewDisposeScope())
        {
            TowerRun.Of(MergeSpec.Parse(spec), Tensors.Noise(4, 2, Shapes.Small.NumTokens, 8)).Dispose();
        }

        Assert.Equal(before, LiveTensors());
    }

    [Fact]
    public void Operator_WhileScopeIsOpen_HoldsOnlyItsPlan()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        long before = LiveTensors();

        TokenPlan plan = MergeOperators.All["pitome"](new OperatorInput(x, 0.75, 0.45));

        Assert.Equal(before + 4, LiveTensors()); // anchors, sources, destinations, energies
        Assert.NotNull(plan.Energies);
    }

    private static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Kernels.Default.LiveTensors;
    }
}
