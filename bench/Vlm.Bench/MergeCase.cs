using TorchSharp;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>
/// One method on one batch of random tokens of CLIP-L's shape, at the first layer in which it reduces; the metric has the
/// width of the tokens whatever the profile compares, so that one similarity product is the measure of all. What a profile reads of
/// the attention comes ready, as from the tower.
/// </summary>
public sealed class MergeCase : IDisposable
{
    private const int Heads = 16;

    private readonly MergeSpec _spec;
    private readonly MergeShape _shape;
    private readonly int _layer;
    private readonly Tensor _hidden; // [B, T, C]
    private readonly Tensor _unit; // [B, T, C]
    private readonly Tensor _keys; // [B, 1, T, C]
    private readonly Tensor _attention; // [B, T]

    /// <param name="spec">Method and ratio.</param>
    /// <param name="tokens">T, class token included.</param>
    /// <param name="width">C.</param>
    /// <param name="batch">B.</param>
    public MergeCase(MergeSpec spec, int tokens, int width, int batch)
    {
        (_spec, _shape) = (spec, new MergeShape(tokens - 1, NumLayers: 24, FeatureLayer: 23, Heads));
        _layer = FirstLayer(spec, _shape) ?? throw new ArgumentException($"merge: expected one that removes tokens, found {spec}.");
        _hidden = randn(batch, tokens, width);
        _unit = _hidden.div(_hidden.norm(2).unsqueeze(-1));
        _keys = _hidden.unsqueeze(1);
        _attention = rand(batch, tokens).softmax(-1);
    }

    /// <summary>Every profile of every method at this ratio.</summary>
    public static IEnumerable<MergeSpec> AllSpecs(double ratio) => TokenMergers.All.SelectMany(
        method => method.Profiles.Select(profile => new MergeSpec(method.Name, profile.Name, ratio)));

    /// <summary>Plans and applies: what a request pays in this layer.</summary>
    public void Merge()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(_spec, _shape);
        Run(merging);
    }

    /// <summary>The product of all tokens with all tokens, which every comparison starts from.</summary>
    public void Similarity()
    {
        using DisposeScope scope = NewDisposeScope();
        _unit.bmm(_unit.transpose(1, 2));
    }

    /// <summary>Similarity and averaging of one picture by plain loops; needs a method whose tokens have owners.</summary>
    public void Loops() => PlainLoops.Run(_hidden.select(0, 0), Owners());

    public void Dispose()
    {
        _hidden.Dispose();
        _unit.Dispose();
        _keys.Dispose();
        _attention.Dispose();
    }

    private static int? FirstLayer(MergeSpec spec, MergeShape shape)
    {
        int[] tokens = TokenMergers.TokensPerLayer(spec, shape);
        int layer = Array.FindIndex(tokens, count => count < tokens[0]) - 1;
        return layer < 0 ? null : layer;
    }

    private void Run(TokenMerging merging)
    {
        if (merging.MergesUnderMap(_layer))
        {
            (Tensor hidden, MergedMap map) = merging.MergeUnderMap(_layer, _hidden, _attention);
            map.Gather(map.Spread(hidden));
            return;
        }

        Tensor inside = merging.MergeInsideBlock(_layer, _hidden, _keys, _attention);
        merging.MergeAfterBlock(_layer, inside, _attention);
    }

    private long[]? Owners()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(_spec, _shape, trace: true);
        Run(merging);
        return merging.Owner?.select(0, 0).contiguous().data<long>().ToArray();
    }
}
