using TorchSharp;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>The edges of merging.md section 16, for every profile of every method.</summary>
public class MethodEdgeTests
{
    private const int Width = 8;

    public static TheoryData<string, string> Methods
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach ((string method, string profile) in Gens.Mergers)
            {
                all.Add(method, profile);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void RatioOne_ReturnsTheSameTensor(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Tensors.Noise(1, 2, Shapes.Small.NumTokens, Width);
        using TokenMerging merging = TokenMergers.Begin(new(method, profile, 1), Shapes.Small, trace: true);

        for (int layer = 0; layer < Shapes.Small.FeatureLayer; layer++)
        {
            Assert.False(merging.MergesUnderMap(layer));
            Assert.Same(hidden, merging.MergeInsideBlock(layer, hidden, null, null));
            Assert.Same(hidden, merging.MergeAfterBlock(layer, hidden, null));
        }

        Assert.Same(hidden, merging.Finish(hidden));
        Assert.Empty(merging.Trace);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void FewTokens_AnyRatio_KeepsTheClassTokenAndTheSchedule(string method, string profile)
    {
        for (int tokens = 1; tokens <= 12; tokens++)
        {
            foreach (double ratio in new[] { 0.5, 0.75, 0.95 })
            {
                using DisposeScope scope = NewDisposeScope();
                MergeSpec spec = new(method, profile, ratio);
                Tensor input = Tensors.Noise(tokens, 2, tokens, Width);

                using TowerRun run = TowerRun.Of(spec, input, disturb: false, Shaped(tokens));

                Assert.Equal(TokenMergers.TokensPerLayer(spec, Shaped(tokens)), run.Counts);
                Assert.True(run.Counts[^1] >= Math.Min(tokens, 2), "a patch stays");
                Tensors.AssertClose(input.select(1, 0), run.Output.select(1, 0), 0);
                AssertFinite(run.Output);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void NothingToRemove_KeepsEveryTokenOnce(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Tensors.Noise(2, 1, 4, Width);

        using TowerRun run = TowerRun.Of(new(method, profile, 0.99), input, disturb: false, Shaped(4) with { FeatureLayer = 1 });

        Assert.Equal(4, run.Counts[^1]);
        long[] owners = Tensors.Integers(run.Merging.Owner!);
        Assert.Equal([0L, 1, 2, 3], owners.Order());
        Tensors.AssertClose(input, Owners.Unmerge(run.Output, run.Merging.Owner!), 0);
        Assert.True(method == "diffrate" || owners.SequenceEqual([0, 1, 2, 3]), "only diffrate sorts");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void BatchOfFive_EqualsSingleRuns(string method, string profile)
    {
        foreach ((int tokens, double ratio) in new[] { (37, 0.8), (36, 0.5), (3, 0.5) })
        {
            using DisposeScope scope = NewDisposeScope();
            MergeSpec spec = new(method, profile, ratio);
            Tensor input = Tensors.Noise(tokens, 5, tokens, Width);
            using TowerRun batch = TowerRun.Of(spec, input, shape: Shaped(tokens));
            for (int picture = 0; picture < 5; picture++)
            {
                using TowerRun single = TowerRun.Of(
                    spec, input.narrow(0, picture, 1), shape: Shaped(tokens), pictureSeeds: [(ulong)picture]);

                double tolerance = method == "dct" ? 2e-2 : 1e-12; // half precision may round either way
                Tensors.AssertClose(single.Output[0], batch.Output[picture], tolerance);
                Assert.True(method == "dct" || single.Merging.Owner![0].IsSame(batch.Merging.Owner![picture]), "owners");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void ZeroVectors_StayZero(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = zeros([2, Shapes.Small.NumTokens, Width], ScalarType.Float64);

        using TowerRun run = TowerRun.Of(new(method, profile, 0.7), input);

        Assert.Equal(0, run.Output.Largest());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void OneZeroVector_GivesFiniteOutput(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Tensors.Noise(3, 1, Shapes.Small.NumTokens, Width);
        input.select(1, 5).fill_(0);

        using TowerRun run = TowerRun.Of(new(method, profile, 0.6), input);

        AssertFinite(run.Output);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void EqualTokens_StayEqualButForTheTransform(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones([1, Shapes.Small.NumTokens, Width], ScalarType.Float64);

        using TowerRun run = TowerRun.Of(new(method, profile, 0.7), input, disturb: false);

        Assert.Equal(1, run.Output.At(0, 0).Values().Min());
        Tensor patches = run.Output.narrow(1, 1, run.Counts[^1] - 1);
        double expected = method == "dct" ? patches.At(0, 0, 0).item<double>() : 1; // grows by sqrt(n / n')
        Tensors.AssertClose(ones_like(patches).mul(expected), patches, method == "dct" ? 2e-3 : 1e-12);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void NaN_IsRefusedByLayer(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Tensors.Noise(4, 2, Shapes.Small.NumTokens, Width);
        input.select(0, 1).select(0, 7).fill_(double.NaN);

        NotFiniteNumberException error = Assert.Throws<NotFiniteNumberException>(
            () => TowerRun.Of(new(method, profile, 0.7), input).Dispose());

        Assert.Matches("^hidden states of layer [0-4]: expected finite numbers to merge, found NaN or infinity.$", error.Message);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Owners_Unmerged_CopyEachOutputToItsMembers(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        using TowerRun run = TowerRun.Of(new(method, profile, 0.8), Tensors.Noise(5, 1, Shapes.Small.NumTokens, Width));
        if (run.Merging.Owner is not { } owner)
        {
            Assert.Equal("dct", method);
            return;
        }

        Tensor copies = Owners.Unmerge(run.Output, owner);

        Assert.All(Tensors.Integers(owner).Index(), token => Tensors.AssertClose(
            token.Item < 0 ? zeros(Width, ScalarType.Float64) : run.Output.At(0, token.Item), copies.At(0, token.Index), 0));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void RasterOrder_SortsByFirstPatchAndNothingElse(string method, string profile)
    {
        using DisposeScope scope = NewDisposeScope();
        MergeSpec spec = new(method, profile, 0.8);
        if (method == "dct")
        {
            return; // refused by name, see MergeSpecTests
        }

        Tensor input = Tensors.Noise(6, 2, Shapes.Small.NumTokens, Width);
        using TowerRun merged = TowerRun.Of(spec, input);
        using TowerRun raster = TowerRun.Of(spec with { Settings = new() { Order = TokenOrder.Raster } }, input);

        Tensors.AssertClose(
            Owners.Unmerge(merged.Output, merged.Merging.Owner!), Owners.Unmerge(raster.Output, raster.Merging.Owner!), 0);
        foreach (long[] owners in HostCopy.Rows<long>(raster.Merging.Owner!))
        {
            long[] inOrderOfAppearance = [.. owners.Where(owner => owner >= 0).Distinct()];
            Assert.Equal(Enumerable.Range(0, raster.Counts[^1]).Select(i => (long)i), inOrderOfAppearance);
        }
    }

    [Theory]
    [InlineData("pitome:0.8,split=random,seed={0}")]
    [InlineData("random_bipartite:0.8,seed={0}")]
    [InlineData("random_prune:0.8,seed={0}")]
    public void Seed_SameGivesSameAndOtherGivesOther(string form)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Tensors.Noise(7, 2, Shapes.Small.NumTokens, Width);

        int[] seeds = [3, 3, 4];
        double[][] outputs = [.. seeds.Select(seed =>
        {
            string text = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, seed);
            using TowerRun run = TowerRun.Of(MergeSpec.Parse(text), input, pictureSeeds: [11, 12]);
            return Tensors.Values(run.Output);
        })];

        Assert.Equal(outputs[0], outputs[1]);
        Assert.NotEqual(outputs[0], outputs[2]);
    }

    [Theory]
    [InlineData("mctf:0.8")]
    [InlineData("mctf/upstream:0.8")]
    [InlineData("pitome/paper:0.8")]
    [InlineData("pitome_bsm/paper:0.8")]
    [InlineData("tome/paper:0.8")]
    public void ProportionalAttention_Switch_GivesLogSizesOrNothing(string spec)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = Tensors.Noise(8, 1, Shapes.Small.NumTokens, Width);
        using TowerRun on = TowerRun.Of(MergeSpec.Parse(spec + ",proportional_attention=true"), input);
        using TowerRun off = TowerRun.Of(MergeSpec.Parse(spec + ",proportional_attention=false"), input);

        Tensors.AssertClose(on.Merging.Sizes!.log(), on.Merging.KeyBias!, 0);
        Assert.Null(off.Merging.KeyBias);
    }

    private static MergeShape Shaped(int tokens) => new(tokens - 1, NumLayers: 6, FeatureLayer: 5, Heads: 2);

    private static void AssertFinite(Tensor x) => Assert.True(x.isfinite().all().ToBoolean(), "finite");
}
