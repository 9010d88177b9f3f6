using TorchSharp;
using Vlm.Core.Models;
using Vlm.Merge;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

public sealed class ClipAttentionTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    // float64; only the order of additions may differ.
    private const double Tolerance = 1e-12;
    private const int Tokens = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Forward_WithProbabilities_EqualsTheFusedKernel(bool hasKeyBias)
    {
        using var scope = NewDisposeScope();
        using var attention = Attention();
        var x = Input(seed: 1);
        var keyBias = hasKeyBias ? TensorValues.Noise(seed: 7, 2, Tokens) : null;
        var fused = attention.Forward(x, keyBias, AttentionNeed.None);
        var whole = attention.Forward(x, keyBias, AttentionNeed.Map);
        Assert.Null(fused.Probabilities);
        var ones = torch.ones([2, tiny.Model.Config.Vision.NumAttentionHeads, Tokens]);
        Compare.Near(ones, whole.Probabilities!.sum(-1), Tolerance, "row sums");
        Compare.Near(whole.Output, fused.Output, Tolerance, "output");
        Compare.Near(whole.Keys, fused.Keys, 0, "keys");
    }

    [Fact]
    public void Forward_ClassRow_IsTheFirstRowOfTheMap()
    {
        using var scope = NewDisposeScope();
        using var attention = Attention();
        var x = Input(seed: 3);
        var keyBias = TensorValues.Noise(seed: 7, 2, Tokens);
        var row = attention.Forward(x, keyBias, AttentionNeed.ClassRow);
        var map = attention.Map(x, keyBias);
        Compare.Near(map.narrow(2, 0, 1), row.Probabilities!, Tolerance, "class row");
        Compare.Near(attention.Forward(x, keyBias, AttentionNeed.Map).Output, row.Output, Tolerance, "output");
    }

    [Fact]
    public void Apply_EqualTokensMergedUnderTheMap_EqualsAttentionWithoutMerging()
    {
        using var scope = NewDisposeScope();
        using var attention = Attention();
        var pairs = TensorValues.Noise(seed: 4, 2, 7, 1, tiny.Model.Config.Vision.HiddenSize).expand(2, 7, 2, -1).flatten(1, 2);
        var x = pairs.narrow(1, 1, 13); // a class token and six patches twice
        using var merging = TokenMergers.Begin(MergeSpec.Parse("mctf/upstream:0.7"), new MergeShape(12, 4, 3, 1));
        var map = attention.Map(x, null);

        (var hidden, var merged) = merging.MergeUnderMap(1, x, map);

        Assert.Equal(10, hidden.shape[1]);
        Compare.Near(
            attention.Forward(x, null, AttentionNeed.None).Output, merged.Spread(attention.Apply(map, hidden, merged)), Tolerance, "output");
    }

    [Fact]
    public void Forward_KeyBiasLnTwo_CountsTheTokenTwice()
    {
        using var scope = NewDisposeScope();
        using var attention = Attention();
        var x = Input(seed: 2);
        var twice = cat([x, x.narrow(1, Tokens - 1, 1)], 1);
        double[] lnSizes = [0, 0, 0, 0, Math.Log(2)];
        var biased = attention.Forward(x, tensor(lnSizes).expand(2, Tokens), AttentionNeed.None);
        var repeated = attention.Forward(twice, null, AttentionNeed.None);
        Compare.Near(repeated.Output.narrow(1, 0, Tokens), biased.Output, Tolerance, "output");
    }

    private ClipAttention Attention() =>
        new(tiny.VisionWeights.Scope("encoder").Scope("layers").At(0).Scope("self_attn"), tiny.Model.Config.Vision);

    private Tensor Input(long seed) => TensorValues.Noise(seed, 2, Tokens, tiny.Model.Config.Vision.HiddenSize);
}
