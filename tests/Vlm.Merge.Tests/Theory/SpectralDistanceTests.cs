using TorchSharp;
using Vlm.Merge.Theory;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests.Theory;

/// <summary>Spectral distance against merging.md section 14 and graphs whose spectrum is known.</summary>
public class SpectralDistanceTests
{
    [Theory]
    [InlineData(0, 2, 0, 0.142857)]
    [InlineData(0, 4, 0, 0.181818)]
    [InlineData(0.05, 2, 0.001625, 0.186565)]
    [InlineData(0.05, 4, 0.002216, 0.250563)]
    [InlineData(0.1, 4, 0.008573, 0.232475)]
    public void Between_AdversarialInstance_EqualsPrintedTable(double noise, int removed, double piToMe, double toMe)
    {
        using DisposeScope scope = NewDisposeScope();
        ClusterInstance instance = ClusterInstance.Adversarial(noise);
        Tensor weights = SpectralDistance.Graph(instance.Tokens);

        Assert.Equal(piToMe, SpectralDistance.Between(weights, instance.PiToMe(removed)), 1e-6);
        Assert.Equal(toMe, SpectralDistance.Between(weights, instance.ToMe(removed)), 1e-6);
    }

    [Theory]
    [InlineData(2, "[10,0,6]", "[1,10] [5,0]")]
    [InlineData(4, "[10,6,8] [2,0,14]", "[1,10,4,6] [5,0]")]
    public void Groups_AdversarialInstance_EqualPrintedTable(int removed, string piToMe, string toMe)
    {
        ClusterInstance instance = ClusterInstance.Adversarial(0.05);

        Assert.Equal(piToMe, Merged(instance.PiToMe(removed)));
        Assert.Equal(toMe, Merged(instance.ToMe(removed)));
    }

    [Fact]
    public void Energies_AdversarialInstance_EqualPrintedTable()
    {
        Tensor tokens = ClusterInstance.Adversarial(0.05).Tokens.unsqueeze(0);

        double[] energies = Tensors.Values(new PiToMeOperator(0.5).Energies(tokens));

        double[] printed = SpecVectors.Numbers(
            "0.0606, −0.1618, 0.0461, −0.1857, 0.0534, −0.1582, 0.0545, −0.1845, 0.0467, −0.2764, 0.0582, −0.2921, 0.0489, "
            + "−0.3297, 0.0512, −0.3409");
        Tensors.AssertClose(printed, energies, 5.1e-5); // four digits are printed
        Assert.Equal(6.7e-4, energies.Order().Zip(energies.Order().Skip(1), (a, b) => b - a).Min(), 5e-6);
    }

    [Fact]
    public void Spectrum_CompleteGraph_IsZeroAndEquals()
    {
        Tensor weights = ones(5, 5, ScalarType.Float64).sub(eye(5, dtype: ScalarType.Float64));

        Tensors.AssertClose([0, 1.25, 1.25, 1.25, 1.25], SpectralDistance.Spectrum(weights), 1e-14);
    }

    [Fact]
    public void Spectrum_Path_IsThatOfCosines()
    {
        Tensor weights = Tensors.Matrix(4, 4, (p, q) => Math.Abs(p - q) == 1 ? 1 : 0);

        Tensors.AssertClose([0, 0.5, 1.5, 2], SpectralDistance.Spectrum(weights), 1e-14);
    }

    [Fact]
    public void Between_EveryTokenAlone_IsZero()
    {
        Tensor weights = SpectralDistance.Graph(ClusterInstance.Adversarial(0.1).Tokens);

        Assert.Equal(0, SpectralDistance.Between(weights, [.. Enumerable.Range(0, 16).Select(t => new[] { t })]), 1e-12);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Lemma_SummedWeights_HoldsForAnyPartition(int parts)
    {
        Tensor weights = SpectralDistance.Graph(Tensors.Noise(parts, 16, 8));
        int[][] partition = [.. Enumerable.Range(0, 16).GroupBy(t => t * t % parts).Select(part => part.ToArray())];

        Assert.InRange(SpectralDistance.LemmaError(weights, partition, averaged: false), 0, 1e-13);
    }

    [Fact]
    public void Lemma_AveragedWeights_FailsForPartsOfUnequalSize()
    {
        ClusterInstance instance = ClusterInstance.Adversarial(0.05);
        Tensor weights = SpectralDistance.Graph(instance.Tokens);

        Assert.InRange(SpectralDistance.LemmaError(weights, instance.PiToMe(4), averaged: true), 0.01, 1);
        Assert.InRange(SpectralDistance.LemmaError(weights, instance.PiToMe(4), averaged: false), 0, 1e-13);
    }

    private static string Merged(int[][] groups) => SpecVectors.Print([.. groups.Where(group => group.Length > 1)]);
}
