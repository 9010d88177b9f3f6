using Vlm.Eval.Scenes;

namespace Vlm.Eval.Tests.Scenes;

/// <summary>Laws of scenes and questions over many seeds.</summary>
public class SceneSamplerTests
{
    private static IEnumerable<Scene> Ordinary =>
        Enumerable.Range(0, 300).Select(i => SceneSampler.Ordinary((ulong)i, hasBoard: i % 2 == 0));

    [Fact]
    public void Ordinary_AnySeed_KeepsItsPromises()
    {
        foreach (Scene scene in Ordinary)
        {
            Assert.InRange(scene.Objects.Count, 1, 6);
            Assert.InRange(Math.Min(scene.Width, scene.Height), 200, 640);
            Assert.InRange(scene.Side, 200, 640);
            Assert.Equal(scene.Objects.Count, scene.Objects.DistinctBy(o => (o.Colour, o.Shape)).Count());
            Assert.All(scene.Boards, board => Assert.InRange(board.Text.Length, 1, 3));
        }
    }

    [Fact]
    public void Crowded_AnySeed_LeavesNothingHiddenOrCut()
    {
        foreach (Scene scene in Enumerable.Range(0, 100).Select(i => SceneSampler.Crowded((ulong)i)))
        {
            foreach (SceneObject it in scene.Objects)
            {
                Assert.InRange(it.X, it.Radius, ((double)scene.Width / scene.Side) - it.Radius);
                Assert.InRange(it.Y, it.Radius, ((double)scene.Height / scene.Side) - it.Radius);
                Assert.All(scene.Objects.Where(other => other != it), other =>
                    Assert.True(Math.Pow(other.X - it.X, 2) + Math.Pow(other.Y - it.Y, 2) > Math.Pow(other.Radius + it.Radius, 2)));
            }
        }
    }

    [Fact]
    public void Ordinary_ManySeeds_DrawThePopularPairsThreeTimesAsOften()
    {
        int[] pairs = [.. Enumerable.Range(0, 3000).Select(i => SceneSampler.Ordinary((ulong)i, false, maxObjects: 1).Objects)
            .Where(objects => objects.Count == 1).Select(objects => SceneSampler.Pair(objects[0].Colour, objects[0].Shape))];
        int popular = Enumerable.Range(0, SceneSampler.Pairs).Count(SceneSampler.IsPopular);
        double expected = 3.0 * popular / ((3.0 * popular) + SceneSampler.Pairs - popular);
        Assert.Equal(12, popular);
        Assert.Equal(expected, pairs.Count(SceneSampler.IsPopular) / (double)pairs.Length, 0.05);
    }

    [Fact]
    public void Seeds_OfSplits_NeverMeet()
    {
        ulong[] lowest = [.. Enum.GetValues<SceneSplit>().Select(split => SceneSeeds.Of(split, 0, 0))];
        ulong[] highest = [.. Enum.GetValues<SceneSplit>().Select(split => SceneSeeds.Of(split, SceneSeeds.MaxSeed, uint.MaxValue))];
        Assert.True(highest[0] < lowest[1] && highest[1] < lowest[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneSeeds.Of(SceneSplit.Test, SceneSeeds.MaxSeed + 1, 0));
    }
}
