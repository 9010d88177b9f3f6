using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class SampleRowTests
{
    [Fact]
    public void Uniform_ManyDraws_FillTheUnitIntervalEvenly()
    {
        const int numDraws = 10_000;
        const int numBins = 10;
        double[] draws = [.. Enumerable.Range(0, numDraws).Select(i => new SampleRow(new(), 42, i).Uniform)];
        Assert.All(draws, draw => Assert.InRange(draw, 0, 1 - 1e-16));

        // Five standard deviations of a binomial count.
        var slack = 5 * Math.Sqrt(numDraws * (1.0 / numBins) * (1 - (1.0 / numBins)));
        var counts = draws.GroupBy(draw => (int)(draw * numBins)).Select(bin => bin.Count());
        Assert.All(counts, count => Assert.InRange(count, (numDraws / numBins) - slack, (numDraws / numBins) + slack));
    }

    [Fact]
    public void Uniform_NeighbouringSeeds_GiveOtherDraws()
    {
        double[] first = [.. Enumerable.Range(0, 100).Select(i => new SampleRow(new(), 1, i).Uniform)];
        double[] second = [.. Enumerable.Range(0, 100).Select(i => new SampleRow(new(), 2, i).Uniform)];
        Assert.Empty(first.Intersect(second));
    }
}
