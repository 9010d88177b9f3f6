using Vlm.Testing;
using Vlm.Torch.Native;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Kernels;

/// <summary>Who joins whom, and what becomes of them: the kernels of the CPU against plain operations.</summary>
[Collection("live tensors")]
public class MergeKernelTests
{
    private static readonly IKernels Kernel = Vlm.Torch.Kernels.Default;
    private static readonly PlainKernels Plain = new();

    // Pictures, tokens and size: one and five pictures, odd and even counts, broken and whole panels of 64.
    private static readonly (long Batch, long Tokens, long Size)[] Shapes =
        [(1, 2, 1), (1, 9, 5), (5, 12, 16), (5, 33, 20), (1, 64, 8), (5, 65, 67), (1, 201, 24)];

    public static TheoryData<ScalarType> Types => [ScalarType.Float64, ScalarType.Float32];

    [Theory]
    [MemberData(nameof(Types))]
    public void FallingOrder_AnyValues_EqualsPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor noise = TensorValues.Noise(seed: 1, 5, 300);
        Tensor special = tensor([0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1, 1, -1, 0, double.NaN]).view(1, 10);
        foreach (Tensor values in new[] { noise, noise.mul(3).to(ScalarType.Int64), special, noise.narrow(1, 0, 1), noise.narrow(1, 0, 0) })
        {
            Tensor keys = values.to(type);
            Assert.True(Plain.FallingOrder(keys).IsSame(Kernel.FallingOrder(keys)));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void LowerRankedCosines_AnyShape_MatchesPlain(ScalarType type) => ForAnyTokens(type, (x, isExact) =>
    {
        // Where all others point away, rounding of 1 - 1 decides the rank by itself: tokens of one number.
        foreach (bool countsItself in x.shape[2] == 1 ? new[] { false } : [false, true])
        {
            (Tensor expected, Tensor expectedRanking) = Plain.LowerRankedCosines(x, countsItself);
            (Tensor cosines, Tensor ranking) = Kernel.LowerRankedCosines(x, countsItself);
            Assert.True(!isExact || expectedRanking.IsSame(ranking));
            Close(Finite(expected), Finite(cosines), type);
        }
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void JoinNearest_AnyRuns_EqualsPlain(ScalarType type) => ForAnyTokens(type, (x, _) =>
    {
        long count = x.shape[1] - 1, half = count / 2;
        Tensor order = Plain.FallingOrder(TensorValues.Noise(seed: 4, x.shape[0], count));
        (RankRun Kept, RankRun Destinations, RankRun Sources)[] runs =
        [
            (new(2 * half, count - (2 * half)), new(1, half, 2), new(0, half, 2)), // alternate
            (new(2 * half, count - (2 * half)), new(half, half), new(0, half)), // halves
            (default, new(half, count - half), new(0, half)), // top
            (default, new(0, count), new(count, 0)), // nobody joins
        ];
        foreach ((RankRun kept, RankRun destinations, RankRun sources) in runs.Where(run => run.Destinations.Count > 0))
        {
            Same(
                Plain.JoinNearest(x, order, 1, kept, destinations, sources),
                Kernel.JoinNearest(x, order, 1, kept, destinations, sources));
        }
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void JoinClosest_InPlaceAndRanked_EqualsPlain(ScalarType type) => ForAnyTokens(type, (x, _) =>
    {
        long tokens = x.shape[1];
        Tensor all = Plain.FallingOrder(TensorValues.Noise(seed: 5, x.shape[0], tokens));
        foreach (long joined in new[] { 0, tokens / 4, (tokens - 1) / 2 })
        {
            Same(Plain.JoinClosest(x, null, joined, true), Kernel.JoinClosest(x, null, joined, true));
            Same(Plain.JoinClosest(x, null, joined, false), Kernel.JoinClosest(x, null, joined, false));
            Same(Plain.JoinClosest(x, all, joined, false), Kernel.JoinClosest(x, all, joined, false));
            if (tokens > 2)
            {
                Tensor patches = Plain.FallingOrder(TensorValues.Noise(seed: 6, x.shape[0], tokens - 1));
                Same(Plain.JoinClosest(x, patches, joined, true), Kernel.JoinClosest(x, patches, joined, true));
            }
        }
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void JoinBothWays_AnyAttractions_EqualsPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach ((long batch, long even, long odd) in new (long, long, long)[] { (1, 2, 1), (5, 7, 6), (1, 8, 8), (5, 129, 128) })
        {
            Tensor noise = TensorValues.Noise(seed: 7, batch, even, odd);
            foreach (Tensor values in new[] { noise, noise.mul(2).to(ScalarType.Int64) })
            {
                Tensor attractions = values.to(type);
                attractions.select(1, 0).fill_(double.NegativeInfinity);
                foreach (long joined in new[] { 0, 1, even / 2, Math.Min(even, odd) })
                {
                    Same(Plain.JoinBothWays(attractions, joined), Kernel.JoinBothWays(attractions, joined));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Groups_AnyJoins_HaveTheBitsOfPlainOperations(ScalarType type) => ForAnyTokens(type, (x, _) =>
    {
        long joined = (x.shape[1] - 1) / 2;
        Joins joins = Plain.JoinClosest(x, null, joined, true);
        long first = ((x.shape[1] + 1) / 2) - joined;
        Tensor sizes = TensorValues.Noise(seed: 8, x.shape[0], x.shape[1]).square().add(0.5).to(type);

        Assert.True(Plain.SumOfGroups(x, joins).IsSame(Kernel.SumOfGroups(x, joins)));
        Assert.True(Plain.SumOfGroups(sizes, joins).IsSame(Kernel.SumOfGroups(sizes, joins)));
        foreach (Tensor? weights in new[] { null, sizes })
        {
            (Tensor means, Tensor totals) = Plain.MeanOfGroups(x, weights, joins, first);
            (Tensor fused, Tensor fusedTotals) = Kernel.MeanOfGroups(x, weights, joins, first);
            Assert.True(means.IsSame(fused));
            Assert.True(totals.IsSame(fusedTotals));
        }
    });

    [Theory]
    [MemberData(nameof(Types))]
    public void Joins_Batch_EqualsSingleRunsBitForBit(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor x = TensorValues.Noise(seed: 9, 5, 130, 24).to(type);
        (Tensor cosines, Tensor ranking) = Kernel.LowerRankedCosines(x, false);
        Joins closest = Kernel.JoinClosest(x, ranking, 30, false);
        Tensor means = Kernel.MeanOfGroups(x, null, closest, 35).Means;
        for (long picture = 0; picture < 5; picture++)
        {
            Tensor one = x.narrow(0, picture, 1);
            (Tensor alone, Tensor aloneRanking) = Kernel.LowerRankedCosines(one, false);
            Joins aloneClosest = Kernel.JoinClosest(one, aloneRanking, 30, false);
            Assert.True(cosines.narrow(0, picture, 1).IsSame(alone));
            Assert.True(closest.Sources.narrow(0, picture, 1).IsSame(aloneClosest.Sources));
            Assert.True(closest.Destinations.narrow(0, picture, 1).IsSame(aloneClosest.Destinations));
            Assert.True(means.narrow(0, picture, 1).IsSame(Kernel.MeanOfGroups(one, null, aloneClosest, 35).Means));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void JoinNearest_EqualAndMissingNumbers_TakesTheFirstOrAPlaceThatExists(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor one = TensorValues.Noise(seed: 10, 1, 1, 37).to(type);
        Tensor order = arange(199, ScalarType.Int64).unsqueeze(0);
        foreach ((Tensor x, Func<long, bool> isRight) in new (Tensor, Func<long, bool>)[]
        {
            (cat([one.expand(1, 15, 37).neg(), one.expand(1, 185, 37)], 1), place => place == 6),
            (full([1, 200, 37], double.NaN, type), place => place is > 0 and < 191),
        })
        {
            Joins joins = Kernel.JoinNearest(x, order, 1, default, new(9, 190), new(190, 9));
            Assert.All(joins.Destinations.data<long>().ToArray(), place => Assert.True(isRight(place), $"place {place}"));
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void AttentionMeans_AnyShape_MatchesPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach ((long batch, long heads, long queries, long keys, long dim) in new (long, long, long, long, long)[]
        {
            (1, 1, 1, 1, 4), (5, 3, 1, 33, 8), (1, 2, 97, 97, 16), (5, 2, 12, 20, 8),
        })
        {
            Tensor q = TensorValues.Noise(seed: 11, batch, queries, heads, dim).to(type).transpose(1, 2); // as a layer splits it
            Tensor k = TensorValues.Noise(seed: 12, batch, heads, keys, dim).to(type);
            foreach (Tensor? bias in new[] { null, TensorValues.Noise(seed: 13, batch, keys).to(type) })
            {
                (Tensor received, Tensor given) = Plain.AttentionMeans(q, k, 0.7, bias);
                (Tensor fused, Tensor fusedGiven) = Kernel.AttentionMeans(q, k, 0.7, bias);
                Close(received, fused, type);
                Close(given, fusedGiven, type);
            }
        }
    }

    [Fact]
    public void MeanOfGroups_WithGradient_GoesByPlainOperations()
    {
        using var scope = NewDisposeScope();
        Tensor x = randn([1, 5, 3], ScalarType.Float64, requires_grad: true);
        Joins joins = Plain.JoinClosest(x.detach(), null, 2, true);

        Kernel.MeanOfGroups(x, null, joins, 1).Means.sum().backward();

        double[] shares = x.grad!.select(2, 0).Values(); // each token counts by its share in its group
        Assert.Equal(3, shares.Sum(), 12);
        Assert.Equal(1, shares[0], 12);
    }

    [Fact]
    public void Joins_WrongInput_IsSaid()
    {
        using var scope = NewDisposeScope();
        Tensor x = ones([1, 4, 2]);
        Tensor order = arange(3, ScalarType.Int64).unsqueeze(0);
        Joins joins = new(order, order.narrow(1, 0, 1), order.narrow(1, 2, 1).add(1));

        Says("join nearest: expected ranks below 3", () => Kernel.JoinNearest(x, order, 1, default, new(0, 2), new(2, 2)));
        Says("join nearest: expected a destination, found none", () => Kernel.JoinNearest(x, order, 1, default, default, new(0, 1)));
        Says("join nearest: order: expected indices from 0 to 2", () => Kernel.JoinNearest(x, order.add(1), 1, default, new(0, 2), new(2, 1)));
        Says("join closest: expected order of 4 tokens, found 3", () => Kernel.JoinClosest(x, order, 1, false));
        Says("join closest: expected at most 2 tokens", () => Kernel.JoinClosest(x, null, 3, true));
        Says("join both ways: expected fewer than [4, 2]", () => Kernel.JoinBothWays(x, 8));
        Says("reduce groups: destinations: expected indices from 0 to 2", () => Kernel.SumOfGroups(x, joins));
        Says("reduce groups: expected weights", () => Kernel.MeanOfGroups(x, ones([1, 3]), joins, 0));
    }

    private static void Says(string message, Action action) =>
        Assert.Contains(message, Assert.Throws<TorchException>(action).Message, StringComparison.Ordinal);

    // Noise, and tokens along few axes, whose cosines are exactly 0 or 1 and tie everywhere.
    private static void ForAnyTokens(ScalarType type, Action<Tensor, bool> check)
    {
        foreach ((long batch, long tokens, long size) in Shapes)
        {
            using var scope = NewDisposeScope();
            check(TensorValues.Noise(seed: 2, batch, tokens, size).to(type), false);
            long[] axes = [.. Enumerable.Range(0, (int)(batch * tokens)).Select(i => i * 7L % 5 % Math.Min(size, 4))];
            check(tensor(axes, [batch, tokens, 1]).eq(arange(size, ScalarType.Int64)).to(type), true);
        }
    }

    private static Tensor Finite(Tensor x) => x.clamp_min(-2);

    private static void Same(Joins expected, Joins actual)
    {
        Assert.Equal(expected.Anchors.data<long>().ToArray(), actual.Anchors.data<long>().ToArray());
        Assert.Equal(expected.Sources.data<long>().ToArray(), actual.Sources.data<long>().ToArray());
        Assert.Equal(expected.Destinations.data<long>().ToArray(), actual.Destinations.data<long>().ToArray());
    }

    private static void Close(Tensor expected, Tensor actual, ScalarType type)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        double largest = (expected - actual).Largest();
        Assert.True(largest <= (type == ScalarType.Float64 ? 1e-14 : 2e-6), $"largest difference {largest}");
    }
}
