using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Merge;

namespace Vlm.Core.Tests.Models;

/// <summary>Counts of a whole request, by hand and against the published sizes.</summary>
public class RequestCostTests
{
    private static readonly TextConfig Tiny = new()
    {
        HiddenSize = 4,
        IntermediateSize = 6,
        NumHiddenLayers = 1,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        HeadDim = 2,
        VocabSize = 10,
        MaxPositionEmbeddings = 16,
        RmsNormEps = 1e-5,
    };

    [Fact]
    public void LanguageModel_TinyDecoder_EqualsHandWorkedCounts()
    {
        Assert.Equal((4 * 2 * (4 + 2)) + (3 * 4 * 6), RequestCost.LayerWeights(Tiny)); // 120
        Assert.Equal((3 * 120) + (2 * (1 + 2 + 3) * 4) + 40, RequestCost.PrefillOf(Tiny, 3));
        Assert.Equal(120 + (2 * 4 * 4) + 40, RequestCost.DecodeOf(Tiny, 4));
    }

    [Fact]
    public void LanguageModel_PrefillThenDecode_EqualsALongerPrefill() => Assert.Equal(
        RequestCost.PrefillOf(Tiny, 8), RequestCost.PrefillOf(Tiny, 7) + RequestCost.DecodeOf(Tiny, 8) - RequestCost.Logits(Tiny));

    [Fact]
    public void Of_SevenB_CountsEveryPart()
    {
        LlavaConfig config = CheckpointPreset.Find("7b").Config(32000, TensorDType.F16);

        RequestCost none = RequestCost.Of(config, MergeSpec.None, textTokens: 55);
        RequestCost merged = RequestCost.Of(config, MergeSpec.Parse("pitome:0.9"), textTokens: 55);

        Assert.Equal((576, 54), (none.VisualTokens, merged.VisualTokens));
        Assert.Equal(576L * 3 * 14 * 14 * 1024, none.Patches);
        Assert.Equal(182_670_112_768, none.Tower.Total);
        Assert.Equal(576L * 4096 * (1024 + 4096), none.Projector);
        Assert.Equal(6_476_005_376, 32 * RequestCost.LayerWeights(config.Text));
        Assert.Equal(70.55, Math.Round((merged.Tower.Total - merged.Tower.Merging) / 1e9, 2)); // merging.md, table T1
        Assert.InRange((double)merged.Prefill / none.Prefill, 0.17, 0.175); // 109 of 631 tokens
        Assert.Equal(none.Encode + none.Prefill, none.FirstToken);
    }
}
