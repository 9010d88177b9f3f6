using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

public class PlanComparisonTests
{
    [Fact]
    public void EqualUpToTies_SameGroups_IsTrue()
    {
        using DisposeScope scope = NewDisposeScope();
        TokenPlan plan = Plan(Tensors.Noise(1, 1, 9, 4));

        Assert.True(plan.EqualUpToTies(0, plan.Groups()[0], 0));
    }

    [Fact]
    public void EqualUpToTies_TiedTokensSwapped_IsTrueWithinToleranceOnly()
    {
        using DisposeScope scope = NewDisposeScope();
        TokenPlan tied = Plan(ones([1, 5, 4], ScalarType.Float64)); // [0] [3] [4] [2,1]
        TokenPlan apart = Plan(Tensors.Noise(1, 1, 5, 4));
        int[][] swapped = [.. apart.Groups()[0]];
        (swapped[1], swapped[2]) = (swapped[2], swapped[1]);

        Assert.True(tied.EqualUpToTies(0, [[0], [4], [3], [1, 2]], 1e-12));
        Assert.False(apart.EqualUpToTies(0, swapped, 1e-12));
    }

    [Fact]
    public void EqualUpToTies_TokenLostOrClassTokenMoved_IsFalse()
    {
        using DisposeScope scope = NewDisposeScope();
        TokenPlan tied = Plan(ones([1, 5, 4], ScalarType.Float64));

        Assert.False(tied.EqualUpToTies(0, [[0], [3], [4], [2]], 1));
        Assert.False(tied.EqualUpToTies(0, [[0], [3], [4]], 1));
        Assert.False(tied.EqualUpToTies(0, [[3], [0], [4], [2, 1]], 1));
    }

    [Fact]
    public void EqualUpToTies_NoEnergies_IsExact()
    {
        using DisposeScope scope = NewDisposeScope();
        TokenPlan plan = BipartiteMatching.Plan(ones([1, 5, 4], ScalarType.Float64), removed: 1, classToken: true);

        Assert.True(plan.EqualUpToTies(0, [[0], [4], [1, 2], [3]], 1));
        Assert.False(plan.EqualUpToTies(0, [[0], [4], [3], [1, 2]], 1));
    }

    private static TokenPlan Plan(Tensor x) => new PiToMeOperator(0.5).Plan(x, removed: 1);
}
