using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Merging of one encoder batch: reduces tokens at the places the profile asks for and keeps what the rest of the
/// encoder needs to know of it. Made per batch by <see cref="TokenMergers.Begin"/>; its tensors live until it is
/// disposed, whatever scope is open.
/// </summary>
public sealed class TokenMerging : IDisposable
{
    private readonly ITokenMerger? _merger;
    private readonly MergeSpec _spec;
    private readonly MergeShape _shape;
    private readonly IReadOnlyList<ulong>? _pictureSeeds;
    private readonly int[] _tokensPerLayer;
    private readonly List<MergeTrace>? _trace;
    private readonly FiniteWatch _watch = new();
    private bool _started;

    internal TokenMerging(
        ITokenMerger? merger, MergeSpec spec, MergeShape shape, bool trace, IReadOnlyList<ulong>? pictureSeeds)
    {
        _merger = merger;
        _spec = spec;
        _shape = shape;
        _pictureSeeds = pictureSeeds;
        _tokensPerLayer = MergeSchedule.TokensPerLayer(merger, spec, shape);
        _trace = trace ? [] : null;
    }

    /// <summary>
    /// Natural logarithm of <see cref="Sizes"/>, [B, T], float32 or better, to be added to the attention logits of
    /// every query; null without proportional attention or while every size is still 1.
    /// </summary>
    public Tensor? KeyBias { get; private set; }

    /// <summary>
    /// Original tokens in each token, [B, T], float32 or better; null where the profile does not track them.
    /// </summary>
    public Tensor? Sizes { get; private set; }

    /// <summary>
    /// Output token that holds each original token, int64 [B, T0], -1 where pruned; null unless traced or sorted by it,
    /// before the first layer, or where the method mixes all tokens.
    /// </summary>
    public Tensor? Owner { get; private set; }

    /// <summary>One entry per layer that reduced; empty unless traced.</summary>
    public IReadOnlyList<MergeTrace> Trace => _trace ?? [];

    private bool IsSorted => _spec.Settings.Order == TokenOrder.Raster;

    private bool TracksOwners => _trace is not null || IsSorted;

    /// <summary>Whether <see cref="MergeInsideBlock"/> needs the attention keys of this layer.</summary>
    public bool NeedsKeys(int layer) => _merger?.Info.Metric == MergeMetric.Keys && Acts(layer);

    /// <summary>What the merging of this layer needs of the attention probabilities.</summary>
    public AttentionNeed NeedsAttention(int layer) =>
        _merger is not null && Acts(layer) ? _merger.AttentionOf(Step(layer)) : AttentionNeed.None;

    /// <summary>Whether this layer's tokens merge under its attention map, by <see cref="MergeUnderMap"/>.</summary>
    public bool MergesUnderMap(int layer) => _merger?.Info.Placement == MergePlacement.BeforeAttention && Acts(layer);

    /// <summary>Call where <see cref="MergesUnderMap"/> says so, between the attention map and its use.</summary>
    /// <param name="layer">Position in the tower, from 0.</param>
    /// <param name="hidden">[B, T, C] as it enters the layer, any floating type.</param>
    /// <param name="attention">[B, T] as <see cref="NeedsAttention"/> says.</param>
    /// <returns>Hidden states [B, T', C] of the merged tokens, and how they use the map, which stays as it is.</returns>
    public (Tensor Hidden, MergedMap Map) MergeUnderMap(int layer, Tensor hidden, Tensor attention)
    {
        using DisposeScope scope = NewDisposeScope();
        Start(hidden);
        Tensor sizes = Sizes ?? ones(hidden.shape[0], hidden.shape[1], WideType(hidden), hidden.device);
        TokenReduction reduced = Reduce(layer, hidden, keys: null, attention);
        MergedMap use = new(reduced.Plan!, sizes);
        Remember(layer, reduced);
        return (reduced.Hidden.to_type(hidden.dtype).MoveToOuterDisposeScope(), use.MoveToOuterDisposeScope());
    }

    /// <summary>Call between attention (its residual added) and MLP of every layer.</summary>
    /// <param name="layer">Position in the tower, from 0.</param>
    /// <param name="hidden">[B, T, C], any floating type.</param>
    /// <param name="keys">[B, H, T, D] where <see cref="NeedsKeys"/> says so.</param>
    /// <param name="attention">[B, T] where <see cref="NeedsAttention"/> says so.</param>
    /// <returns><paramref name="hidden"/> itself, or [B, T', C] in its type, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">A token count that the schedule does not have there, or something needed is
    /// missing.</exception>
    public Tensor MergeInsideBlock(int layer, Tensor hidden, Tensor? keys, Tensor? attention) =>
        Merge(MergePlacement.InsideBlock, layer, hidden, keys, attention);

    /// <summary>Call after every layer; parameters and result as for <see cref="MergeInsideBlock"/>.</summary>
    public Tensor MergeAfterBlock(int layer, Tensor hidden, Tensor? attention) =>
        Merge(MergePlacement.AfterBlock, layer, hidden, keys: null, attention);

    /// <summary>Call once behind the last layer: puts the tokens in the order asked for.</summary>
    /// <param name="hidden">[B, T', C].</param>
    /// <returns><paramref name="hidden"/> itself, or its rows in another order, in the caller's dispose scope.</returns>
    /// <exception cref="NotFiniteNumberException">A layer had NaN or infinity among the tokens to merge.</exception>
    public Tensor Finish(Tensor hidden)
    {
        _watch.Check();
        if (!IsSorted || Owner is null)
        {
            return hidden;
        }

        using DisposeScope scope = NewDisposeScope();
        TokenPlan order = TokenPlan.Selection(Owners.RasterOrder(Owner, hidden.shape[1]));
        Owner = Kept(Owner, Owners.Compose(Owner, order, hidden.shape[1]));
        Sizes = Sizes is null ? null : Kept(Sizes, order.Prune(Sizes));
        return order.Prune(hidden).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        KeyBias?.Dispose();
        Sizes?.Dispose();
        Owner?.Dispose();
        _watch.Dispose();
        (KeyBias, Sizes, Owner) = (null, null, null);
    }

    private bool Acts(int layer) => layer < _shape.FeatureLayer
        && (_tokensPerLayer[layer + 1] < _tokensPerLayer[layer] || (_merger is { Reorders: true } && !_spec.IsIdentity));

    private Tensor Merge(MergePlacement place, int layer, Tensor hidden, Tensor? keys, Tensor? attention)
    {
        Start(hidden);
        if (_merger?.Info.Placement != place || !Acts(layer))
        {
            return hidden;
        }

        using DisposeScope scope = NewDisposeScope();
        TokenReduction reduced = Reduce(layer, hidden, keys, attention);
        Remember(layer, reduced);
        return reduced.Hidden.to_type(hidden.dtype).MoveToOuterDisposeScope();
    }

    private LayerStep Step(int layer) => MergeSchedule.Step(_merger!, layer, _tokensPerLayer[layer], _spec, _shape);

    private TokenReduction Reduce(int layer, Tensor hidden, Tensor? keys, Tensor? attention)
    {
        CheckTokens(layer, hidden);
        Tensor wide = Widened(hidden);
        _watch.Add(layer, wide);
        Tensor metric = NeedsKeys(layer) ? Needed(keys, "keys", layer).mean([1], type: wide.dtype) : wide;
        return _merger!.Reduce(new(
            Step(layer),
            wide,
            metric,
            NeedsAttention(layer) == AttentionNeed.None ? null : Widened(NeededAttention(attention, layer, wide)),
            Sizes,
            _tokensPerLayer[layer] - _tokensPerLayer[layer + 1],
            _pictureSeeds ?? SeededOrder.Positions(hidden.shape[0])));
    }

    private static Tensor NeededAttention(Tensor? attention, int layer, Tensor hidden)
    {
        Tensor perToken = Needed(attention, "attention", layer);
        long[] expected = [hidden.shape[0], hidden.shape[1]];
        return perToken.shape.SequenceEqual(expected) ? perToken : throw new ArgumentException(string.Create(
            CultureInfo.InvariantCulture,
            $"attention of layer {layer}: expected [{string.Join(", ", expected)}], found [{string.Join(", ", perToken.shape)}]."));
    }

    private void Start(Tensor hidden)
    {
        if (_started)
        {
            return;
        }

        CheckTokens(0, hidden);
        _started = true;
        using DisposeScope scope = NewDisposeScope();
        (long batch, long tokens) = (hidden.shape[0], hidden.shape[1]);
        if (_merger is { Info.TracksSizes: true })
        {
            Sizes = Kept(Sizes, ones(batch, tokens, WideType(hidden), hidden.device));
        }

        if (TracksOwners)
        {
            Tensor identity = arange(tokens, ScalarType.Int64, hidden.device);
            Owner = Kept(Owner, identity.unsqueeze(0).expand(batch, -1).contiguous());
        }
    }

    private void Remember(int layer, TokenReduction reduced)
    {
        if (reduced.Sizes is not null)
        {
            Sizes = Kept(Sizes, reduced.Sizes);
        }

        if (_spec.Settings.ProportionalAttention ?? _merger!.Info.ProportionalAttention)
        {
            KeyBias = Kept(KeyBias, Sizes!.log());
        }

        if (TracksOwners)
        {
            bool isDefined = reduced.Plan is not null && Owner is not null;
            Owner = Kept(Owner, isDefined ? Owners.Compose(Owner!, reduced.Plan!, _tokensPerLayer[layer]) : null);
        }

        _trace?.Add(Entry(layer, reduced.Plan));
    }

    private MergeTrace Entry(int layer, TokenPlan? plan) => new(
        layer,
        _tokensPerLayer[layer],
        _tokensPerLayer[layer + 1],
        plan?.HostEnergies(),
        Owner is null ? null : HostCopy.Rows<long>(Owner));

    private void CheckTokens(int layer, Tensor hidden)
    {
        if (hidden.dim() != 3 || hidden.shape[1] != _tokensPerLayer[layer])
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"hidden states of layer {layer}: expected [B, {_tokensPerLayer[layer]}, C], "
                + $"found [{string.Join(", ", hidden.shape)}]."));
        }
    }

    // State survives the scopes of blocks; what it replaces is freed at once.
    private static Tensor? Kept(Tensor? old, Tensor? tensor)
    {
        old?.Dispose();
        return tensor?.DetachFromDisposeScope();
    }

    private static Tensor Needed(Tensor? tensor, string name, int layer) => tensor ?? throw new ArgumentException(
        string.Create(CultureInfo.InvariantCulture, $"{name} of layer {layer}: expected a tensor for this merging, found none."));

    private static ScalarType WideType(Tensor x) =>
        x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    private static Tensor Widened(Tensor x) => x.dtype == WideType(x) ? x : x.to_type(WideType(x));
}
