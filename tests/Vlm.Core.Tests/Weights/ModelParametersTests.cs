using Vlm.Core.Models;
using Vlm.Core.Tests.Models;
using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

/// <summary>Exact numbers of llava.md section 1.</summary>
public sealed class ModelParametersTests
{
    private static readonly string Approved =
        Path.Combine(Golden.Root, "tests", "Vlm.Core.Tests", "Weights", "Fixtures", "parameters-7b.txt");

    [Theory]
    [InlineData(32000, 4096, 11008, 32, 20_979_712, 6_738_415_616, 7_062_902_784)]
    [InlineData(32064, 4096, 11008, 32, 20_979_712, 6_738_939_904, 7_063_427_072)]
    [InlineData(32000, 5120, 13824, 40, 31_467_520, 13_015_864_320, 13_350_839_296)]
    [InlineData(32064, 5120, 13824, 40, 31_467_520, 13_016_519_680, 13_351_494_656)]
    public void Count_ReleasedSizes_MatchTheTable(
        int rows, int hidden, int inner, int layers, long projector, long language, long whole)
    {
        LlavaConfig config = LlavaConfigTests.Released(rows, hidden, inner, layers, layers);

        Assert.Equal(303_507_456, ModelParameters.Count(config, ModelPart.Vision));
        Assert.Equal(290_909_184, ModelParameters.Count(config, ModelPart.Vision, onlyUsed: true));
        Assert.Equal(projector, ModelParameters.Count(config, ModelPart.Projector));
        Assert.Equal(language, ModelParameters.Count(config, ModelPart.Language));
        Assert.Equal(whole, ModelParameters.Count(config));
    }

    [Theory]
    [InlineData(4096, 11008, 32, 202_383_360, 291)]
    [InlineData(5120, 13824, 40, 317_204_480, 363)]
    public void List_ReleasedSizes_HaveTheTablesLayersAndTensors(
        int hidden, int inner, int layers, long oneLayer, int languageTensors)
    {
        var parameters = ModelParameters.List(LlavaConfigTests.Released(32064, hidden, inner, layers, layers));

        Assert.Equal(12_596_224, Sum("vision_tower.vision_model.encoder.layers.0."));
        Assert.Equal(1_193_984, Sum("vision_tower.vision_model.embeddings."));
        Assert.Equal(oneLayer, Sum("language_model.model.layers.0."));
        Assert.Equal(391, parameters.Count(p => p.Part == ModelPart.Vision));
        Assert.Equal(4, parameters.Count(p => p.Part == ModelPart.Projector));
        Assert.Equal(languageTensors, parameters.Count(p => p.Part == ModelPart.Language));

        long Sum(string prefix) =>
            parameters.Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(p => p.Count);
    }

    [Fact]
    public void List_7B_EqualsTheApprovedText()
    {
        string text = string.Concat(ModelParameters.List(LlavaConfigTests.Released7B)
            .Select(p => $"{p.Name} {TensorShape.Text(p.Shape)}{(p.IsUsed ? "" : " unused")}\n"));

        Assert.Equal(File.ReadAllText(Approved), text);
    }
}
