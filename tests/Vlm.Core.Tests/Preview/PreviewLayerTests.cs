using Vlm.Core.Preview;
using Vlm.Merge;

namespace Vlm.Core.Tests.Preview;

/// <summary>Traces to layers, by hand: 4 patches, 3 layers evaluated.</summary>
public class PreviewLayerTests
{
    private static readonly MergeShape Shape = new(NumPatches: 4, NumLayers: 4, FeatureLayer: 3, Heads: 1);

    [Fact]
    public void Of_NoTrace_EveryPatchIsItsOwnToken()
    {
        IReadOnlyList<PreviewLayer> layers = PreviewLayer.Of([], MergeSpec.None, Shape);

        Assert.Equal([0, 1, 2], layers.Select(layer => layer.Layer));
        Assert.All(layers, layer =>
        {
            Assert.Equal((5, 5), (layer.TokensBefore, layer.TokensAfter));
            Assert.Equal([1, 2, 3, 4], layer.Owner!);
            Assert.Null(layer.Energy);
            Assert.Equal([0, 1, 1, 1, 1], layer.Sizes()!);
        });
    }

    [Fact]
    public void Of_TwoReductions_EnergyIsThatOfTheTokenThatHeldThePatch()
    {
        MergeSpec merge = MergeSpec.Parse("pitome/paper:0.75"); // 5, 4, 4, 4 tokens by its schedule
        MergeTrace first = new(0, 5, 4, [[0.1, 0.2, 0.3, 0.4]], [[0, 2, 3, 3, 1]]);
        MergeTrace second = new(2, 4, 3, [[-1, 0.12345678, 2]], [[0, 1, -1, -1, 2]]);

        IReadOnlyList<PreviewLayer> layers = PreviewLayer.Of([first, second], merge, Shape);

        Assert.Equal([2, 3, 3, 1], layers[0].Owner!);
        Assert.Equal([0.1, 0.2, 0.3, 0.4], layers[0].Energy!);
        Assert.Equal([0, 1, 1, 2], layers[0].Sizes()!);
        Assert.Equal(layers[0].Owner!, layers[1].Owner!);
        Assert.Null(layers[1].Energy);
        Assert.Equal([1, -1, -1, 2], layers[2].Owner!);
        Assert.Equal([0.123457, 2, 2, -1], layers[2].Energy!);
    }

    [Fact]
    public void Of_PrunedPatch_HasNoEnergyLater()
    {
        MergeTrace first = new(0, 5, 4, null, [[0, 1, -1, 2, 3]]);
        MergeTrace second = new(1, 4, 4, [[7, 8, 9]], [[0, 1, -1, 2, 3]]);

        IReadOnlyList<PreviewLayer> layers = PreviewLayer.Of([first, second], MergeSpec.Parse("pitome/paper:0.75"), Shape);

        Assert.Null(layers[0].Energy);
        Assert.Equal([7, null, 8, 9], layers[1].Energy!);
    }

    [Fact]
    public void Of_MixedTokens_HaveNoOwnerFromThere()
    {
        MergeTrace mixed = new(1, 5, 4, null, null);

        IReadOnlyList<PreviewLayer> layers = PreviewLayer.Of([mixed], MergeSpec.Parse("pitome/paper:0.75"), Shape);

        Assert.NotNull(layers[0].Owner);
        Assert.Null(layers[1].Owner);
        Assert.Null(layers[2].Owner);
        Assert.Null(layers[2].Sizes());
    }
}
