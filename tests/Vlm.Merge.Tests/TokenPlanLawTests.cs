using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>What holds for the plan of every operator on any input (merging.md section 16, "Edges to cover").</summary>
public class TokenPlanLawTests
{
    private const int Pictures = 5;
    private const int Width = 6;

    [Fact]
    public void Groups_AnyInput_OwnEachTokenOnceAndKeepClassTokenFirst() => ForAnyPlan((plan, _, made) =>
        plan.Groups().All(groups => groups.SelectMany(g => g).Order().SequenceEqual(Enumerable.Range(0, made.Owned))
            && (!made.HasClassToken || (groups[0] is [0]))));

    [Fact]
    public void OwnerMap_AnyInput_AgreesWithGroups() => ForAnyPlan((plan, x, _) =>
    {
        long[][] owners = HostCopy.Rows<long>(plan.OwnerMap(x.shape[1]));
        return plan.Groups().Zip(owners, (groups, owner) =>
            groups.Index().All(group => group.Item.All(token => owner[token] == group.Index))
            && owner.Count(output => output >= 0) == groups.Sum(group => group.Length)).All(agrees => agrees);
    });

    [Fact]
    public void Reductions_AnyInput_EqualLoopsOverGroups() => ForAnyPlan((plan, x, _) =>
    {
        Tensor sizes = Tensors.Noise(3, Pictures, x.shape[1]).square().add(0.5);
        return Same(plan.Mean(x), plan, (b, g) => [.. g.Select(t => 1.0)], x)
            && Same(plan.WeightedMean(x, sizes), plan, (b, g) => [.. g.Select(t => sizes.At(b, t).item<double>())], x);
    });

    [Fact]
    public void Sum_OfSizes_KeepsTheirTotal() => ForAnyPlan((plan, x, made) =>
        Tensors.Values(plan.Sum(ones(Pictures, x.shape[1], ScalarType.Float64)).sum(1)).All(total => total == made.Owned));

    [Fact]
    public void NormReductions_AnyInput_EqualLoopsOverGroups() => ForAnyPlan((plan, x, _) =>
    {
        Tensor mean = plan.Mean(x);
        Tensor rescaled = plan.RescaledMean(x);
        Tensor kept = plan.NormKeepingMean(x);
        return plan.Groups().Index().All(picture => picture.Item.Index().All(output =>
        {
            double largest = output.Item.Max(token => x.At(picture.Index, token).norm(0).item<double>());
            Tensor z = mean.At(picture.Index, output.Index);
            Tensor anchor = x.At(picture.Index, output.Item[0]);
            return Near(z.mul(largest / anchor.norm(0).item<double>()), rescaled.At(picture.Index, output.Index))
                && Near(z.mul(largest / z.norm(0).item<double>()), kept.At(picture.Index, output.Index));
        }));
    });

    [Fact]
    public void Plan_Batch_EqualsSingleRuns() =>
        Prop.ForAll(Case().ToArbitrary(), made =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = made.Input();
            int[][][] singles =
                [.. Enumerable.Range(0, Pictures).Select(b => made.Plan(x.narrow(0, b, 1), [(ulong)b]).Groups()[0])];
            return singles.Select(SpecVectors.Print).SequenceEqual(made.Plan(x).Groups().Select(SpecVectors.Print));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_EqualKeys_KeepAscendingOrder()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor same = ones([1, 41, 4], ScalarType.Float32);

        int[][] energy = MergeOperators.All["pitome"](new(same, 0.9, 0.5)).Groups()[0];
        int[][] plain = MergeOperators.All["bsm"](new(same, 0.9, 0)).Groups()[0];

        Assert.Equal(Enumerable.Range(9, 32), energy.Skip(1).Take(32).Select(g => g[0]));
        Assert.Equal([[2, 1, 3, 5, 7], [4], [6], [8]], energy[33..]);
        Assert.Equal([1, 2, 4, 6, 8], plain.Single(g => g.Length > 1));
    }

    [Fact]
    public void Any_Mask_IsTrueWhereAnyMemberIs()
    {
        using DisposeScope scope = NewDisposeScope();
        TokenPlan plan = MergeOperators.All["bsm"](new(SpecVectors.Input(), 0.75, 0)); // ... [1,10] [3,12] ... [11,2]
        double[] mask = [.. Enumerable.Range(0, 13).Select(t => t is 10 or 3 or 8 ? 1.0 : 0.0)];

        Tensor any = plan.Any(tensor(mask).gt(0.5).unsqueeze(0));

        Assert.Equal([0L, 0, 0, 1, 1, 1, 0, 0, 0, 0], Tensors.Integers(any.to_type(ScalarType.Int64)));
    }

    [Fact]
    public void Unmerge_OneStep_CopiesOutputToItsMembers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        TokenPlan plan = MergeOperators.All["bsm"](new(x, 0.75, 0));
        Tensor outputs = plan.Mean(x);
        Tensor owner = plan.OwnerMap(13);

        Tensor copies = Owners.Unmerge(outputs, owner);

        Assert.Equal([1, 13, 4], copies.shape);
        Tensors.AssertClose(x.At(0, 4), copies.At(0, 4), 0);
        Tensors.AssertClose(outputs.At(0, 9), copies.At(0, 2), 0);
        Tensors.AssertClose(outputs.At(0, 9), copies.At(0, 11), 0);
    }

    [Fact]
    public void Unmerge_PrunedToken_IsZero()
    {
        using DisposeScope scope = NewDisposeScope();

        Tensor copies = Owners.Unmerge(Tensors.Of([5, 6], 1, 2, 1), tensor(new long[] { 1, -1, 0 }).unsqueeze(0));

        Assert.Equal([6.0, 0, 5], Tensors.Values(copies));
    }

    [Fact]
    public void RasterOrder_Owners_SortsBySmallestMember()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor owner = tensor(new long[] { 0, 3, 1, -1, 3, 1 }).unsqueeze(0);

        Assert.Equal([0L, 3, 1, 2], Tensors.Integers(Owners.RasterOrder(owner, 4)));
    }

    private static bool Near(Tensor expected, Tensor actual) => expected.sub(actual).Largest() < 1e-12;

    private static bool Same(Tensor actual, TokenPlan plan, Func<int, int[], double[]> weights, Tensor x)
    {
        int[][][] batch = plan.Groups();
        double worst = 0;
        for (int b = 0; b < batch.Length; b++)
        {
            foreach ((int p, int[] group) in batch[b].Index())
            {
                double[] w = weights(b, group);
                for (int c = 0; c < Width; c++)
                {
                    double expected = group.Select((t, i) => w[i] * x.At(b, t, c).item<double>()).Sum() / w.Sum();
                    worst = Math.Max(worst, Math.Abs(expected - actual.At(b, p, c).item<double>()));
                }
            }
        }

        return worst < 1e-12;
    }

    private static void ForAnyPlan(Func<TokenPlan, Tensor, PlanCase, bool> law) =>
        Prop.ForAll(Case().ToArbitrary(), made =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = made.Input();
            return law(made.Plan(x), x, made);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static Gen<PlanCase> Case() =>
        from name in Gen.Elements(MergeOperators.All.Keys.ToArray())
        from tokens in Gen.Choose(1, 24)
        from ratio in Gens.Ratio()
        from seed in Gen.Choose(0, int.MaxValue)
        select new PlanCase(name, tokens, ratio, seed);

    private sealed record PlanCase(string Operator, int Tokens, double Ratio, int Seed)
    {
        /// <summary>Tokens that belong to an output: a stride that is not full is dropped.</summary>
        public int Owned => Operator == "kth_bipartite" && Tokens > 1 ? Tokens - (Tokens % 2) : Tokens;

        /// <summary>Whether token 0 stays alone; of two tokens, diffrate merges the patch into it as the reference does.</summary>
        public bool HasClassToken => Operator switch
        {
            "bsm_no_cls" or "kth_bipartite" or "random_bipartite" => false,
            "diffrate" => Tokens > 2,
            _ => true,
        };

        public Tensor Input() => Tensors.Noise(Seed, Pictures, Tokens, Width);

        public TokenPlan Plan(Tensor x, ulong[]? pictures = null) => MergeOperators.All[Operator](
            new OperatorInput(x, Ratio, Margin: 0.3, x.bmm(x.transpose(1, 2)).softmax(-1).unsqueeze(1)) { PictureSeeds = pictures });
    }
}
