using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Counts of what is run, by hand on a tiny tower and against the released formula on CLIP-L.</summary>
public class TowerCostTests
{
    private static readonly MergeShape Tiny = new(NumPatches: 4, NumLayers: 2, FeatureLayer: 2, Heads: 1);

    public static TheoryData<string> EveryProfile => [.. TokenMergers.All.SelectMany(
        method => method.Profiles.Select(profile => $"{method.Name}/{profile.Name}:0.8"))];

    [Theory]
    [InlineData("none", 160, 200, 320, 0)] // 5, 5, 5 tokens
    [InlineData("pitome/paper:0.5", 128, 136, 160, 36)] // 5, 3, 2 tokens; MLP behind merging; energies of 10 and 3 pairs, 2 x 2 and 1 x 1 to match
    [InlineData("tome/released:0.5", 128, 136, 256, 16)] // 5, 3, 2 tokens; MLP before merging; 3 x 2 and 2 x 1 pairs
    [InlineData("random_prune:0.5", 128, 136, 256, 0)] // nothing is compared
    public void Of_TinyTower_EqualsHandWorkedCounts(string spec, long projections, long attention, long mlp, long merging) =>
        Assert.Equal(
            new TowerCost(projections, attention, mlp, merging), TowerCost.Of(MergeSpec.Parse(spec), Tiny, hiddenSize: 2, mlpSize: 8));

    [Fact]
    public void Of_ClipLargeWithoutMerging_EqualsTheReleasedFormula() =>
        Assert.Equal(182_670_112_768, TowerCost.Of(MergeSpec.None, Shapes.ClipLarge, 1024, 4096).Total);

    [Theory]
    [MemberData(nameof(EveryProfile))]
    public void Of_EveryProfile_EqualsTheReleasedFormulaWhereMergingIsLast(string spec)
    {
        MergeSpec merge = MergeSpec.Parse(spec);
        MergePlacement placement = TokenMergers.Find(merge)!.Info.Placement;
        int[] tokens = TokenMergers.TokensPerLayer(merge, Shapes.Tiny112);

        TowerCost cost = TowerCost.Of(merge, Shapes.Tiny112, 24, 96);

        long released = VisionFlops.Encoder(tokens[..^1], 24, 96);
        long blocks = cost.Total - cost.Merging;
        Assert.True(placement == MergePlacement.AfterBlock ? blocks == released : blocks < released, $"{blocks}, {released}");
        Assert.True(cost.Merging >= 0);
    }

    [Fact]
    public void Of_PiToMeOnKeys_ComparesByTheWidthOfAHead()
    {
        TowerCost keys = TowerCost.Of(MergeSpec.Parse("pitome/paper:0.9"), Shapes.ClipLarge, 1024, 4096);

        int[] tokens = TokenMergers.TokensPerLayer(MergeSpec.Parse("pitome/paper:0.9"), Shapes.ClipLarge);
        long pairs = tokens.Zip(tokens.Skip(1), (before, after) => (((before - 1L) * before) / 2) + ((before - after) * (before - after))).Sum();
        Assert.Equal(pairs * 64, keys.Merging);
    }

    [Fact]
    public void Products_Of_CountsMultiplyAccumulates()
    {
        long batched = Products.Count(() => Products.Of(ones([2, 3, 4]), ones([2, 4, 5])));
        long plain = Products.Count(() => Products.Of(ones(3, 4), ones([2, 4, 5])));

        Assert.Equal((2 * 3 * 4 * 5, 2 * 3 * 4 * 5), (batched, plain));
    }

    [Fact]
    public void Source_Products_StandInOnePlace()
    {
        string folder = Path.Combine(Testing.Golden.Root, "src", "Vlm.Merge");
        IEnumerable<string> others = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("Theory", StringComparison.Ordinal) && Path.GetFileName(file) != "Products.cs")
            .Where(file => File.ReadAllText(file) is var text
                && (text.Contains("matmul(", StringComparison.Ordinal) || text.Contains("bmm(", StringComparison.Ordinal) || text.Contains(".mm(", StringComparison.Ordinal)));

        Assert.Empty(others);
    }
}
