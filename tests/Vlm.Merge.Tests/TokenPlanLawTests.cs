using FsCheck;
using FsCheck.Fluent;
using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>What holds for the plan of every operator on any input (merging.md section 16, "Edges to cover").</summary>
public class TokenPlanLawTests
{
    private const int Pictures = 3;
    private const int Width = 6;

    [Fact]
    public void Groups_AnyInput_OwnEachTokenOnceAndKeepClassTokenFirst() => ForAnyPlan((plan, x, withClassToken) =>
        plan.Groups().All(groups => groups.SelectMany(g => g).Order().SequenceEqual(Enumerable.Range(0, (int)x.shape[1]))
            && (!withClassToken || (groups[0] is [0]))));

    [Fact]
    public void OwnerMap_AnyInput_AgreesWithGroups() => ForAnyPlan((plan, x, _) =>
    {
        long[][] owners = HostCopy.Rows<long>(plan.OwnerMap(x.shape[1]));
        return plan.Groups().Zip(owners, (groups, owner) =>
            groups.Index().All(group => group.Item.All(token => owner[token] == group.Index))).All(agrees => agrees);
    });

    [Fact]
    public void Reductions_AnyInput_EqualLoopsOverGroups() => ForAnyPlan((plan, x, _) =>
    {
        Tensor sizes = Tensors.Noise(3, Pictures, x.shape[1]).abs().add(0.5);
        return Same(plan.Mean(x), plan, (b, g) => [.. g.Select(t => 1.0)], x)
            && Same(plan.WeightedMean(x, sizes), plan, (b, g) => [.. g.Select(t => sizes[b, t].ToDouble())], x);
    });

    [Fact]
    public void Sum_OfSizes_KeepsTheirTotal() => ForAnyPlan((plan, x, _) =>
        Tensors.Values(plan.Sum(ones(Pictures, x.shape[1], ScalarType.Float64)).sum(1)).All(total => total == x.shape[1]));

    [Fact]
    public void Plan_Batch_EqualsSingleRuns() =>
        Prop.ForAll(Case().ToArbitrary(), made =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = made.Input();
            int[][][] singles = [.. Enumerable.Range(0, Pictures).Select(b => made.Plan(x.narrow(0, b, 1)).Groups()[0])];
            return singles.Select(SpecVectors.Print).SequenceEqual(made.Plan(x).Groups().Select(SpecVectors.Print));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_EqualKeys_KeepAscendingOrder()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor same = ones(1, 41, 4, ScalarType.Float32);

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
        bool[] mask = [.. Enumerable.Range(0, 13).Select(t => t is 10 or 3 or 8)];

        Tensor any = plan.Any(tensor(mask).unsqueeze(0));

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
        Tensors.AssertClose(x[0, 4], copies[0, 4], 0);
        Tensors.AssertClose(outputs[0, 9], copies[0, 2], 0);
        Tensors.AssertClose(outputs[0, 9], copies[0, 11], 0);
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
                    double expected = group.Select((t, i) => w[i] * x[b, t, c].ToDouble()).Sum() / w.Sum();
                    worst = Math.Max(worst, Math.Abs(expected - actual[b, p, c].ToDouble()));
                }
            }
        }

        return worst < 1e-12;
    }

    private static void ForAnyPlan(Func<TokenPlan, Tensor, bool, bool> law) =>
        Prop.ForAll(Case().ToArbitrary(), made =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = made.Input();
            return law(made.Plan(x), x, made.Operator != "bsm_no_cls");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static Gen<PlanCase> Case() =>
        from name in Gen.Elements(MergeOperators.All.Keys.ToArray())
        from tokens in Gen.Choose(1, 24)
        from ratio in Gens.Ratio()
        from seed in Gen.Choose(0, int.MaxValue)
        select new PlanCase(name, tokens, ratio, seed);

    private sealed record PlanCase(string Operator, int Tokens, double Ratio, int Seed)
    {
        public Tensor Input() => Tensors.Noise(Seed, Pictures, Tokens, Width);

        public TokenPlan Plan(Tensor x) => MergeOperators.All[Operator](new OperatorInput(x, Ratio, Margin: 0.3));
    }
}
