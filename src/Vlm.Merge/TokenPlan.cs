using TorchSharp;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Who merges into whom, for a batch of pictures with equal token counts (merging.md section 0): each output token is a
/// group of
/// input tokens that starts with its anchor. Made once per layer from a metric, then applied to anything that has a row
/// per
/// token. The tensors belong to the dispose scope in which the plan was made.
/// </summary>
public sealed class TokenPlan
{
    internal TokenPlan(Joins joins) => Joins = joins;

    /// <summary>Input token that starts each output token, in output order; int64 [B, T'].</summary>
    public Tensor Anchors => Joins.Anchors;

    /// <summary>Input tokens that join another, in the order in which they are added; int64 [B, k].</summary>
    public Tensor Sources => Joins.Sources;

    /// <summary>Output token that each source joins; int64 [B, k].</summary>
    public Tensor Destinations => Joins.Destinations;

    /// <summary>Output tokens before this one receive no source, so averaging can leave them alone.</summary>
    public long FirstDestination { get; init; }

    /// <summary>
    /// Energy, or other score by which the method ranks, of each token but the class token; [B, T - 1], null without one.
    /// </summary>
    public Tensor? Energies { get; init; }

    /// <summary>The three together.</summary>
    internal Joins Joins { get; }

    /// <summary>Pictures.</summary>
    public long BatchSize => Anchors.shape[0];

    /// <summary>Tokens that stay, T'.</summary>
    public long NumOutputs => Anchors.shape[1];

    /// <summary>Hands the plan from the innermost dispose scope to the one around it.</summary>
    internal TokenPlan MoveToOuterDisposeScope()
    {
        Joins.MoveToOuterDisposeScope();
        Energies?.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>The plan that changes nothing.</summary>
    internal static TokenPlan Identity(Tensor metric)
    {
        Tensor all = arange(metric.shape[1], ScalarType.Int64, metric.device);
        return Selection(all.unsqueeze(0).expand(metric.shape[0], -1).contiguous());
    }

    /// <summary>The plan that keeps these tokens and drops all others.</summary>
    /// <param name="kept">int64 [B, T'].</param>
    /// <param name="scores">What they were chosen by, if anything; [B, T - 1].</param>
    internal static TokenPlan Selection(Tensor kept, Tensor? scores = null) =>
        new(new Joins(kept, Nothing(kept), Nothing(kept))) { Energies = scores };

    /// <summary>The same outputs with every source dropped instead of merged: it then belongs to no output.</summary>
    internal TokenPlan WithoutSources() =>
        new(new Joins(Anchors, Nothing(Anchors), Nothing(Anchors))) { Energies = Energies };

    /// <summary>Output token of each input token, -1 where it was dropped.</summary>
    /// <param name="tokens">Input tokens T.</param>
    /// <returns>int64 [B, T].</returns>
    public Tensor OwnerMap(long tokens)
    {
        Tensor map = full(BatchSize, tokens, -1, ScalarType.Int64, Anchors.device);
        Tensor outputs = arange(NumOutputs, ScalarType.Int64, Anchors.device);
        map.scatter_(1, Anchors, outputs.unsqueeze(0).expand(BatchSize, -1));
        return map.scatter_(1, Sources, Destinations);
    }

    /// <summary>
    /// The groups as lists, per picture, per output token, anchor first: for tests, verification and display.
    /// </summary>
    public int[][][] Groups()
    {
        using DisposeScope scope = NewDisposeScope();
        long[][] anchors = HostCopy.Rows<long>(Anchors);
        long[][] sources = HostCopy.Rows<long>(Sources);
        long[][] destinations = HostCopy.Rows<long>(Destinations);
        return [.. anchors.Select((row, picture) => GroupsOf(row, sources[picture], destinations[picture]))];
    }

    /// <summary>The energies per picture, null where the method has none.</summary>
    internal double[][]? HostEnergies()
    {
        using DisposeScope scope = NewDisposeScope();
        return Energies is null ? null : HostCopy.Rows<double>(Energies.to_type(ScalarType.Float64));
    }

    private static Tensor Nothing(Tensor like) => zeros(like.shape[0], 0, ScalarType.Int64, like.device);

    private static int[][] GroupsOf(long[] anchors, long[] sources, long[] destinations)
    {
        List<int>[] groups = [.. anchors.Select(anchor => new List<int> { (int)anchor })];
        foreach ((long source, long destination) in sources.Zip(destinations))
        {
            groups[destination].Add((int)source);
        }

        return [.. groups.Select(group => group.ToArray())];
    }
}
