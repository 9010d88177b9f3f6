using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>Token merging in plain operations: what the kernels of the CPU must give.</summary>
public sealed partial class PlainKernels
{
    private const double SmallestNorm = 1e-12;

    public Tensor MeanEluOfCosines(Tensor x, double margin, double alpha, double step)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor above = Cosines(x, x).sub_(margin);
        Tensor jumps = above.ge(0).to_type(x.dtype).mean([2]);
        Tensor below = above.clamp_max(0).exp_().mean([2]).sub_(1).mul_(alpha);
        return above.clamp_min_(0).mean([2]).add_(below).add_(jumps, step).MoveToOuterDisposeScope();
    }

    public Tensor MeanBellOfCosines(Tensor x, double sharpness)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor away = Cosines(x, x).sub_(1);
        return away.mul_(away).mul_(-sharpness).exp_().mean([2]).MoveToOuterDisposeScope();
    }

    public (Tensor Cosines, Tensor Ranking) LowerRankedCosines(Tensor x, bool countsItself)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor cosines = Cosines(x, x);
        cosines = cosines.maximum(cosines.transpose(1, 2)); // the same both ways, so that mutual neighbours tie exactly
        Tensor self = cosines.diagonal(0, 1, 2);
        _ = countsItself ? self.add_(-1) : self.fill_(double.NegativeInfinity);
        Tensor ranking = FallingOrder(cosines.amax(2));
        Tensor rank = ranking.scatter(1, ranking, Rows.Range(x, x.shape[1])); // of each token
        Tensor isAbove = rank.unsqueeze(1).le(rank.unsqueeze(2)); // [B, token, other]
        Tensor largest = cosines.masked_fill(isAbove, double.NegativeInfinity).amax(2);
        return (largest.MoveToOuterDisposeScope(), ranking.MoveToOuterDisposeScope());
    }

    public Tensor FallingOrder(Tensor values)
    {
        (Tensor sorted, Tensor order) = values.sort(1, descending: true, stable: true);
        sorted.Dispose();
        return order;
    }

    public Joins JoinNearest(
        Tensor x, Tensor order, long front, RankRun kept, RankRun destinations, RankRun sources)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = order.add(front);
        (Tensor from, Tensor to) = (At(tokens, sources), At(tokens, destinations));
        Tensor nearest = sources.Count == 0
            ? zeros_like(from)
            : Nearest(Rows.Take(x, from), Rows.Take(x, to)).Places.add_(front + kept.Count);
        return new Joins(cat([Rows.Range(x, front), At(tokens, kept), to], 1), from.contiguous(), nearest)
            .MoveToOuterDisposeScope();
    }

    public Joins JoinClosest(Tensor x, Tensor? order, long joined, bool classToken)
    {
        using DisposeScope scope = NewDisposeScope();
        bool isInPlace = order is null && classToken;
        long front = order is not null && classToken ? 1 : 0;
        Tensor tokens = order?.add(front) ?? Rows.Range(x, x.shape[1]);
        Tensor even = tokens.slice(1, 0, tokens.shape[1], 2);
        Tensor odd = tokens.slice(1, 1, tokens.shape[1], 2);
        (Tensor best, Tensor nearest) = Nearest(Rows.Take(x, even), Rows.Take(x, odd)); // [B, even] each
        if (isInPlace)
        {
            best.select(1, 0).fill_(double.NegativeInfinity);
        }

        Tensor closest = FallingOrder(best);
        Tensor sources = closest.narrow(1, 0, joined);
        Tensor rest = closest.narrow(1, joined, even.shape[1] - joined);
        if (isInPlace)
        {
            (rest, _) = rest.sort(1);
        }

        return new Joins(
            cat([Rows.Range(x, front), even.gather(1, rest), odd], 1),
            even.gather(1, sources),
            nearest.gather(1, sources).add_(front + rest.shape[1])).MoveToOuterDisposeScope();
    }

    public Joins JoinBothWays(Tensor attractions, long joined)
    {
        using DisposeScope scope = NewDisposeScope();
        (long numEven, long numOdd) = (attractions.shape[1], attractions.shape[2]);
        (long first, long second) = (joined / 2, joined - (joined / 2));
        (Tensor best, Tensor nearest) = attractions.max(2);
        Tensor order = FallingOrder(best);
        Tensor sources = order.narrow(1, 0, first);
        Tensor strongest = nearest.gather(1, sources); // odd token of each
        (Tensor left, _) = order.narrow(1, first, numEven - first).sort(1);

        (Tensor bestBack, Tensor nearestBack) = Rows.Take(attractions, left).max(1); // [B, odd]
        Tensor orderBack = FallingOrder(bestBack);
        Tensor sourcesBack = orderBack.narrow(1, 0, second);
        Tensor leftBack = orderBack.narrow(1, second, numOdd - second);
        Tensor outputOfOdd = nearestBack.scatter(
            1, leftBack, Rows.Range(leftBack, numOdd - second).add(numEven - first)); // [B, odd]

        Tensor all = cat([sourcesBack.mul(2).add_(1), sources.mul(2)], 1);
        Tensor destinations = outputOfOdd.gather(1, cat([sourcesBack, strongest], 1));
        Tensor turn = Turns(orderBack, strongest, first, second);
        return new Joins(
            cat([left.mul(2), leftBack.mul(2).add_(1)], 1), all.gather(1, turn), destinations.gather(1, turn))
            .MoveToOuterDisposeScope();
    }

    public Tensor SumOfGroups(Tensor x, Joins joins)
    {
        using DisposeScope scope = NewDisposeScope();
        return Rows.Add(Rows.Take(x, joins.Anchors), joins.Destinations, Rows.Take(x, joins.Sources))
            .MoveToOuterDisposeScope();
    }

    public (Tensor Means, Tensor Weights) MeanOfGroups(Tensor x, Tensor? weights, Joins joins, long firstDestination)
    {
        using DisposeScope scope = NewDisposeScope();
        weights ??= ones([x.shape[0], x.shape[1]], x.dtype, x.device);
        Tensor totals = SumOfGroups(weights, joins);
        Tensor means = Rows.Take(x, joins.Anchors);
        Tensor added = Rows.Take(x, joins.Sources).mul_(Rows.Take(weights, joins.Sources).unsqueeze(-1));
        long tail = means.shape[1] - firstDestination;
        means.narrow(1, firstDestination, tail)
            .mul_(Rows.Take(weights, joins.Anchors).narrow(1, firstDestination, tail).unsqueeze(-1));
        Rows.Add(means, joins.Destinations, added);
        means.narrow(1, firstDestination, tail).div_(totals.narrow(1, firstDestination, tail).unsqueeze(-1));
        return (means.MoveToOuterDisposeScope(), totals.MoveToOuterDisposeScope());
    }

    // The largest cosine of each token with one of the others, and the first place where it stands.
    private static (Tensor Cosines, Tensor Places) Nearest(Tensor from, Tensor to) => Cosines(from, to).max(2);

    private static Tensor Cosines(Tensor from, Tensor to) => Unit(from).bmm(Unit(to).transpose(1, 2));

    // Tokens of length 1, zero where they were.
    private static Tensor Unit(Tensor x) => x.div(x.norm(2).clamp_min_(SmallestNorm).unsqueeze(-1));

    private static Tensor At(Tensor tokens, RankRun run) => run.Count == 0
        ? tokens.narrow(1, 0, 0)
        : tokens.slice(1, run.Start, run.Start + ((run.Count - 1) * run.Step) + 1, run.Step);

    // The order in which sources are added: each odd source, and behind it those that it brings along.
    private static Tensor Turns(Tensor orderBack, Tensor strongest, long first, long second)
    {
        Tensor rank = orderBack.scatter(1, orderBack, Rows.Range(orderBack, orderBack.shape[1]));
        Tensor odd = Rows.Range(orderBack, second).mul(first + 1);
        Tensor even = rank.gather(1, strongest).mul_(first + 1).add_(Rows.Range(orderBack, first)).add_(1);
        (_, Tensor turns) = cat([odd, even], 1).sort(1);
        return turns;
    }
}
