using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>A whole tower's worth of merging over hidden states that a fixed formula disturbs between layers.</summary>
public class TokenMergingTests
{
    private const int Width = 8;
    private static readonly MergeShape Small = Shapes.Small;

    [Fact]
    public void Merge_AnySpec_FollowsSchedule() => ForAnySpec((spec, seed) =>
    {
        using TowerRun run = TowerRun.Of(spec, Tensors.Noise(seed, 2, Small.NumTokens, Width));
        return run.Counts.SequenceEqual(TokenMergers.TokensPerLayer(spec, Small));
    });

    [Fact]
    public void Merge_AnySpec_LeavesClassTokenUnchanged() => ForAnySpec((spec, seed) =>
    {
        Tensor input = Tensors.Noise(seed, 2, Small.NumTokens, Width);
        using TowerRun run = TowerRun.Of(spec, input, disturb: false);
        return input.select(1, 0).IsSame(run.Output.select(1, 0));
    });

    [Fact]
    public void Merge_AnySpec_OwnsEachTokenOnceAndSizesAgree() => ForAnySpec((spec, seed) =>
    {
        using TowerRun run = TowerRun.Of(spec, Tensors.Noise(seed, 2, Small.NumTokens, Width));
        if (run.Merging.Owner is null)
        {
            return spec.Method == "dct";
        }

        long[][] owners = HostCopy.Rows<long>(run.Merging.Owner);
        double[][]? sizes = run.Merging.Sizes is { } tracked ? HostCopy.Rows<double>(tracked) : null;
        return owners.Index().All(picture =>
        {
            double[] counted = [.. Enumerable.Range(0, run.Counts[^1]).Select(p => (double)picture.Item.Count(o => o == p))];
            return counted.All(count => count > 0)
                && (Drops(spec) || counted.Sum() == Small.NumTokens)
                && (sizes is null || sizes[picture.Index].SequenceEqual(counted));
        });
    });

    [Fact]
    public void Merge_Batch_EqualsSingleRuns() => ForAnySpec((spec, seed) =>
    {
        Tensor input = Tensors.Noise(seed, 3, Small.NumTokens, Width);
        using TowerRun batch = TowerRun.Of(spec, input);
        return Enumerable.Range(0, 3).All(picture =>
        {
            using TowerRun single = TowerRun.Of(spec, input.narrow(0, picture, 1), pictureSeeds: [(ulong)picture]);
            double worst = single.Output[0].sub(batch.Output[picture]).Largest();
            return worst < (spec.Method == "dct" ? 2e-2 : 1e-12) // half precision may round either way
                && (spec.Method == "dct" || single.Merging.Owner![0].IsSame(batch.Merging.Owner![picture]));
        });
    });

    [Theory]
    [InlineData("none")]
    [InlineData("pitome:1")]
    [InlineData("pitome/paper:1")]
    [InlineData("tome:1")]
    public void Merge_NoneOrRatioOne_ReturnsSameTensor(string spec)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Tensors.Noise(1, 1, Small.NumTokens, Width);
        using TokenMerging merging = TokenMergers.Begin(MergeSpec.Parse(spec), Small, trace: true);

        for (int layer = 0; layer < Small.FeatureLayer; layer++)
        {
            Assert.False(merging.NeedsKeys(layer));
            Assert.Equal(AttentionNeed.None, merging.NeedsAttention(layer));
            Assert.Same(hidden, merging.MergeInsideBlock(layer, hidden, null, null));
            Assert.Same(hidden, merging.MergeAfterBlock(layer, hidden, null));
        }

        Assert.Null(merging.KeyBias);
        Assert.Empty(merging.Trace);
        Assert.Equal(Enumerable.Range(0, Small.NumTokens).Select(t => (long)t), Tensors.Integers(merging.Owner!));
    }

    [Fact]
    public void Merge_Paper_UsesMeanKeysAndGivesLogSizesAsBias()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Tensors.Noise(5, 1, Small.NumTokens, Width);
        Tensor keys = Tensors.Noise(6, 1, 2, Small.NumTokens, 4);
        using TokenMerging merging = TokenMergers.Begin(MergeSpec.Parse("pitome/paper:0.8"), Small);
        TokenPlan plan = new PiToMeOperator(0.9).Plan(keys.mean([1]), removed: 7);

        Assert.True(merging.NeedsKeys(0));
        Assert.Null(merging.KeyBias);
        Tensor output = merging.MergeInsideBlock(0, hidden, keys, null);

        Tensors.AssertClose(plan.Mean(hidden), output, 1e-12);
        Tensors.AssertClose(merging.Sizes!.log(), merging.KeyBias!, 0);
        Assert.Equal(Small.NumTokens, merging.Sizes!.sum().item<double>());
        Assert.Same(output, merging.MergeAfterBlock(0, output, null));
        Assert.Null(merging.Owner);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    public void Merge_HalfPrecision_PlansAndAveragesInFloat32(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = Tensors.Noise(7, 2, Small.NumTokens, Width).to_type(type);
        using TokenMerging half = TokenMergers.Begin(MergeSpec.Parse("tome:0.8"), Small);
        using TokenMerging single = TokenMergers.Begin(MergeSpec.Parse("tome:0.8"), Small);

        Tensor output = half.MergeAfterBlock(0, hidden, null);
        Tensor expected = single.MergeAfterBlock(0, hidden.to_type(ScalarType.Float32), null);

        Assert.Equal(type, output.dtype);
        Assert.True(expected.to_type(type).IsSame(output));
    }

    [Fact]
    public void Trace_Released_RecordsCountsEnergiesAndOwners()
    {
        MergeSpec spec = MergeSpec.Parse("pitome:0.8");
        using TowerRun run = TowerRun.Of(spec, Tensors.Noise(8, 2, Small.NumTokens, Width));
        int[] counts = TokenMergers.TokensPerLayer(spec, Small);

        Assert.Equal([0, 1, 2, 3, 4], run.Merging.Trace.Select(t => t.Layer));
        Assert.Equal(counts[..^1], run.Merging.Trace.Select(t => t.TokensBefore));
        Assert.Equal(counts[1..], run.Merging.Trace.Select(t => t.TokensAfter));
        Assert.All(run.Merging.Trace.Take(4), t => Assert.Null(t.Energies)); // plain matching up to layer 3 of 6
        Assert.Equal([counts[4] - 1, counts[4] - 1], run.Merging.Trace[4].Energies!.Select(e => e.Length));
        Assert.Equal(HostCopy.Rows<long>(run.Merging.Owner!), run.Merging.Trace[4].Owners!);
    }

    [Fact]
    public void MergeUnderMap_SecondMerge_AveragesQueriesBySizeAndSumsKeys()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(MergeSpec.Parse("mctf/upstream:0.7"), Small, trace: true);
        Tensor map = Tensors.Noise(11, 1, 2, Small.NumTokens, Small.NumTokens).mul(3).softmax(-1);
        (Tensor hidden, _) = merging.MergeUnderMap(1, Tensors.Noise(10, 1, Small.NumTokens, Width), map.mean([1, 2]));
        int tokens = (int)hidden.shape[1];
        map = Tensors.Noise(12, 1, 2, tokens, tokens).mul(3).softmax(-1);
        double[] sizes = Tensors.Values(merging.Sizes!);
        long[] before = Tensors.Integers(merging.Owner!);

        (hidden, MergedMap merged) = merging.MergeUnderMap(2, hidden, map.mean([1, 2]));
        Tensor values = Tensors.Noise(13, 1, hidden.shape[1], Width);
        Tensor attended = merged.Gather(map.At(0, 1).unsqueeze(0).matmul(merged.Spread(values)));

        long[] after = Tensors.Integers(merging.Owner!);
        long[] output = [.. Enumerable.Range(0, tokens).Select(token => after[Array.IndexOf(before, token)])];
        double[] outputSizes = [.. Enumerable.Range(0, (int)hidden.shape[1]).Select(o => output.Index().Where(t => t.Item == o).Sum(t => sizes[t.Index]))];
        double[,] expected = new double[outputSizes.Length, outputSizes.Length];
        for (int i = 0; i < tokens * tokens; i++)
        {
            (int query, int key) = (i / tokens, i % tokens);
            expected[output[query], output[key]] += sizes[query] / outputSizes[output[query]] * map.At(0, 1, query, key).item<double>();
        }

        Assert.True(outputSizes.Max() > 2, "a merged token merges again");
        Tensors.AssertClose(Tensors.Matrix(outputSizes.Length, outputSizes.Length, (q, k) => expected[q, k]).matmul(values), attended, 1e-12);
    }

    [Fact]
    public void Merge_AttentionMapInsteadOfItsMeans_SaysExpectedAndFound()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(MergeSpec.Parse("diffrate:0.8"), Small);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => merging.MergeAfterBlock(0, Tensors.Noise(9, 2, 37, Width), ones([2, 1, 37, 37])));

        Assert.Equal("attention of layer 0: expected [2, 37], found [2, 1, 37, 37].", error.Message);
    }

    [Fact]
    public void Merge_WrongTokenCount_SaysExpectedAndFound()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(MergeSpec.Parse("tome:0.8"), Small);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => merging.MergeAfterBlock(0, Tensors.Noise(9, 2, 36, Width), null));

        Assert.Equal("hidden states of layer 0: expected [B, 37, C], found [2, 36, 8].", error.Message);
    }

    [Fact]
    public void Merge_KeysMissing_SaysSo()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(MergeSpec.Parse("tome/paper:0.8"), Small);

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => merging.MergeInsideBlock(0, Tensors.Noise(9, 2, 37, Width), null, null));

        Assert.Equal("keys of layer 0: expected a tensor for this merging, found none.", error.Message);
    }

    // Whether tokens may end without an owner.
    private static bool Drops(MergeSpec spec) =>
        spec.Method.EndsWith("_prune", StringComparison.Ordinal) || spec.Method is "diffrate" or "kth_bipartite";

    private static void ForAnySpec(Func<MergeSpec, int, bool> law) =>
        Prop.ForAll(Gens.Spec().ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (spec, seed) =>
        {
            using DisposeScope scope = NewDisposeScope();
            return law(spec, seed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
}
