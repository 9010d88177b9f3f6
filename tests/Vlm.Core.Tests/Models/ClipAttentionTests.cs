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
    public void Read_AnyNeed_EqualsMeansOfTheMap(bool hasKeyBias)
    {
        using var scope = NewDisposeScope();
        using var attention = Attention();
        var x = Input(seed: 1);
        var keyBias = hasKeyBias ? TensorValues.Noise(seed: 7, 2, Tokens) : null;
        var (q, k) = attention.Look(x);
        var logits = q.matmul(k.transpose(-2, -1)).mul(Math.Pow(tiny.Model.Config.Vision.HeadDim, -0.5));
        var map = (keyBias is null ? logits : logits + keyBias.unsqueeze(1).unsqueeze(1)).softmax(-1); // [B, H, T, T]

        Assert.Null(attention.Read(q, k, keyBias, AttentionNeed.None));
        Compare.Near(map.select(2, 0).mean([1]), attention.Read(q, k, keyBias, AttentionNeed.ClassRow)!, Tolerance, "class row");
        Compare.Near(map.select(3, 0).mean([1]), attention.Read(q, k, keyBias, AttentionNeed.ClassColumn)!, Tolerance, "class column");
        Compare.Near(map.mean([1, 2]), attention.Read(q, k, keyBias, AttentionNeed.KeyMeans)!, Tolerance, "key means");
    }

    [Fact]
    public void Apply_EqualTokensMergedUnderTheMap_EqualsAttentionWithoutMerging()
    {
        using var scope = NewDisposeScope();
        using var attention = Attention();
        var pairs = TensorValues.Noise(seed: 4, 2, 7, 1, tiny.Model.Config.Vision.HiddenSize).expand(2, 7, 2, -1).flatten(1, 2);
        var x = pairs.narrow(1, 1, 13); // a class token and six patches twice
        using var merging = TokenMergers.Begin(MergeSpec.Parse("mctf/upstream:0.7"), new MergeShape(12, 4, 3, 1));
        var (q, k) = attention.Look(x);

        (var hidden, var merged) = merging.MergeUnderMap(1, x, attention.Read(q, k, null, merging.NeedsAttention(1))!);

        Assert.Equal(10, hidden.shape[1]);
        Compare.Near(
            attention.Forward(x, null, AttentionNeed.None).Output,
            merged.Spread(attention.Apply(q, k, null, hidden, merged)), Tolerance, "output");
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
