using TorchSharp;
using Vlm.Merge.Theory;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests.Theory;

/// <summary>
/// What theorem 1 allows to assert (merging.md 14). It does not say that PiToMe is closer on random data, and it is not.
/// </summary>
public class TheoremTests
{
    [Fact]
    public void PiToMe_NoiseFalls_DistanceFallsWithItsSquare()
    {
        double[] distances = [.. TheoremTable.Adversarial().Where(r => r is { Method: "PiToMe", Removed: 4 }).Select(r => r.Distance)];

        Assert.All(distances.Zip(distances.Skip(1)).SkipLast(1), pair => Assert.InRange(pair.First / pair.Second, 3.5, 4.5));
        Assert.InRange(distances[^1], 0, 1e-12);
    }

    [Fact]
    public void ToMe_NoiseFalls_DistanceStays() => Assert.All(
        TheoremTable.Adversarial().Where(r => r.Method == "ToMe"), row => Assert.True(row.Distance > 0.13, $"{row}"));

    [Fact]
    public void Adversarial_EveryRow_PiToMeKeepsClustersApartAndIsCloser()
    {
        foreach (TheoremRow[] pair in TheoremTable.Adversarial().Chunk(2))
        {
            Assert.Equal(0, pair[0].Mixed);
            Assert.True(pair[1].Mixed > 0);
            Assert.True(pair[0].Distance < pair[1].Distance);
        }
    }

    [Fact]
    public void PiToMe_RandomOrders_KeepsClustersApartWhileTheLargestHoldsThePairs()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            using DisposeScope scope = NewDisposeScope();
            ClusterInstance loud = ClusterInstance.RandomOrder(0.05, seed);
            ClusterInstance quiet = ClusterInstance.RandomOrder(0.0005, seed);

            Assert.Equal(0, loud.CountMixed(loud.PiToMe(removed: 12))); // 2 * 12 tokens, the largest cluster
            Assert.InRange(SpectralDistance.Between(SpectralDistance.Graph(quiet.Tokens), quiet.PiToMe(12)), 0, 1e-4);
        }
    }
}
