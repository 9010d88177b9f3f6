using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Groups, energies and averages against merging.md section 16, computed in float64 there.</summary>
public class MergeOperatorVectorTests
{
    /// <summary>Printed digits.</summary>
    private const double Printed = 1e-6;

    [Theory]
    [InlineData("pitome", 0.45, "[0] [9] [4] [8] [7] [5] [6] [11,2] [1,10] [12,3]")]
    [InlineData("pitome_bsm", 0.45, "[0] [8] [5] [9] [11,2] [1,10] [12,3] [4] [7] [6]")]
    [InlineData("pitome_text", 0.9, "[0] [7] [6] [8] [4] [9] [5] [3,12] [10,11] [1,2]")]
    [InlineData("bsm", 0, "[0] [4] [6] [8] [1,10] [3,12] [5] [7] [9] [11,2]")]
    public void Plan_SpecInput_GivesGroups(string name, double margin, string groups)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();

        Assert.Equal(groups, SpecVectors.Print(Plan(name, x, margin).Groups()[0]));
        Assert.Equal(groups, SpecVectors.Print(Plan(name, x.to_type(ScalarType.Float32), margin).Groups()[0]));
    }

    [Theory]
    [InlineData("pitome", 0.45, "mean", 12.315914, "2.791293, 0.702019, −0.964778, 0.734533, 0.002029, −0.601450, −0.512606, −0.569195, 0.717102, −1.011881")]
    [InlineData("pitome_bsm", 0.45, "mean", 7.591993, "2.791293, 0.734533, −0.601450, 0.702019, −0.569195, 0.717102, −1.011881, −0.964778, 0.002029, −0.512606")]
    [InlineData("pitome_text", 0.9, "mean", 0.543654, "2.791293, 0.002029, −0.512606, 0.734533, −0.964778, 0.702019, −0.601450, −1.011881, −0.326802, 0.474709")]
    [InlineData("bsm", 0, "mean", 3.811241, "2.791293, −0.964778, −0.512606, 0.734533, 0.717102, −1.011881, −0.601450, 0.002029, 0.702019, −0.569195")]
    [InlineData("bsm", 0, "prune", 7.647253, "2.791293, −0.964778, −0.512606, 0.734533, 1.505143, −1.377284, −0.601450, 0.002029, 0.702019, −0.582665")]
    public void Reduction_SpecInput_GivesRowsAndCheck(string name, double margin, string reduction, double check, string rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        TokenPlan plan = Plan(name, x, margin);

        Tensor output = reduction == "prune" ? plan.Prune(x) : plan.Mean(x);

        Tensors.AssertClose(SpecVectors.Numbers(rows), SpecVectors.Rows(output), Printed);
        Assert.Equal(check, SpecVectors.Check(output), 6);
    }

    [Theory]
    [InlineData(EnergyForm.Released, 1, 0.45, "−0.166763, −0.126597, −0.178485, −0.274958, −0.311569, −0.313093, −0.291518, −0.275541, −0.218231, −0.150037, −0.142919, −0.214595")]
    [InlineData(EnergyForm.Released, 0.5, 0.45, "−0.012052, 0.01843, −0.025053, −0.08408, −0.10966, −0.105416, −0.092129, −0.08646, −0.057866, 0.002214, 0.004504, −0.048385")]
    [InlineData(EnergyForm.Released, 0, 0.45, "0.142658, 0.163457, 0.128378, 0.106797, 0.092249, 0.102261, 0.10726, 0.102621, 0.1025, 0.154465, 0.151927, 0.117825")]
    [InlineData(EnergyForm.Printed, 1, 0.45, "0.020737, 0.098403, 0.009015, −0.124958, −0.199069, −0.200593, −0.179018, −0.163041, −0.068231, 0.037463, 0.044581, −0.064595")]
    [InlineData(EnergyForm.Density, 1, 0.9, "0.523909, 0.620306, 0.574484, 0.372767, 0.351058, 0.424048, 0.462455, 0.410412, 0.36393, 0.547152, 0.686992, 0.59038")]
    internal void Energies_SpecInput_EqualPrinted(EnergyForm form, double alpha, double margin, string energies)
    {
        using DisposeScope scope = NewDisposeScope();

        TokenPlan plan = new PiToMeOperator(margin, alpha, form).Plan(SpecVectors.Input(), removed: 3);

        Tensors.AssertClose(SpecVectors.Numbers(energies), Tensors.Values(plan.Energies!), Printed);
    }

    [Fact]
    public void Energies_Gaussian_EqualFormula()
    {
        using DisposeScope scope = NewDisposeScope();
        double[] tokens = [1, 0, 0.5, Math.Sqrt(0.75)]; // their cosine is 0.5
        double expected = (((2 * 1) - 1) + ((2 * Math.Exp(-4)) - 1)) / 2 / (0.25 * Math.Sqrt(2 * Math.PI));

        Tensor energies = new PiToMeOperator(0.75, 1, EnergyForm.Gaussian).Energies(Tensors.Of(tokens, 1, 2, 2));

        Tensors.AssertClose([expected, expected], Tensors.Values(energies), 1e-14);
    }

    [Fact]
    public void TwoRounds_WithSizes_EqualSpec()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        Tensor sizes = ones(1, 13, ScalarType.Float64);
        TokenPlan first = new PiToMeOperator(0.45).Plan(x, removed: 3);
        Tensor y = first.WeightedMean(x, sizes);
        Tensor ySizes = first.Sum(sizes);

        TokenPlan second = new PiToMeOperator(0.225).Plan(y, removed: 4);
        Tensor z = second.WeightedMean(y, ySizes);
        Tensor owner = Owners.Compose(first.OwnerMap(13), second, 10);

        Assert.Equal("[0] [9] [3,4,6,5] [1] [8] [7,2]", SpecVectors.Print(second.Groups()[0]));
        Tensors.AssertClose(
            SpecVectors.Numbers("−0.049431, −0.119647, −0.023238, −0.010902, −0.067949, −0.037023, −0.122485, −0.101736, −0.135068"),
            Tensors.Values(second.Energies!),
            Printed);
        Assert.Equal([1.0, 2, 4, 1, 2, 3], Tensors.Values(second.Sum(ySizes)));
        Assert.Equal([0, 4, 5, 1, 5, 2, 2, 2, 2, 3, 4, 5, 1], Tensors.Integers(owner));
        Tensors.AssertClose(
            SpecVectors.Numbers("2.791293, −1.011881, −0.094374, 0.702019, 0.717102, −0.701056"), SpecVectors.Rows(z), Printed);
        Assert.Equal(10.118298, SpecVectors.Check(z), 6);
        Assert.Equal(-0.766987, SpecVectors.Rows(second.Mean(y))[^1], 6);
        Assert.Equal(10.091635, SpecVectors.Check(second.Mean(y)), 6);
    }

    /// <summary>
    /// merging.md section 14: the large cluster fills exactly the even places, where ToMe cannot merge inside it.
    /// </summary>
    [Theory]
    [InlineData(2, "[10,0,6]", "[1,10] [5,0]")]
    [InlineData(4, "[10,6,8] [2,0,14]", "[1,10,4,6] [5,0]")]
    public void Plan_AdversarialClusters_OnlyPiToMeStaysInside(int removed, string pitome, string tome)
    {
        using DisposeScope scope = NewDisposeScope();
        int[] cluster = [0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 0, 2, 0, 3, 0, 4];
        Tensor x = Tensors.Matrix(16, 8, (t, j) =>
            (j == cluster[t] ? 1 : 0) + (0.05 * Math.Sin((1.7 * t) + (0.9 * j) + (0.3 * t * j)))).unsqueeze(0);
        Tensor withClassToken = cat([ones([1, 1, 8], ScalarType.Float64), x], 1);

        int[][] energy = new PiToMeOperator(0.5).Plan(withClassToken, removed).Groups()[0];
        int[][] plain = BipartiteMatching.Plan(x, removed, classToken: false).Groups()[0];

        Assert.Equal(pitome, SpecVectors.Print([.. energy.Where(g => g.Length > 1).Select(g => g.Select(t => t - 1).ToArray())]));
        Assert.Equal(tome, SpecVectors.Print([.. plain.Where(g => g.Length > 1)]));
    }

    [Fact]
    public void Plan_WrongMetric_SaysExpectedAndFound()
    {
        using DisposeScope scope = NewDisposeScope();

        ArgumentException error = Assert.Throws<ArgumentException>(() => Plan("bsm", SpecVectors.Input()[0], 0));

        Assert.Equal("metric: expected [B, T, C] in Float32 or Float64, found [13, 4] in Float64.", error.Message);
    }

    private static TokenPlan Plan(string name, Tensor x, double margin) =>
        MergeOperators.All[name](new OperatorInput(x, Ratio: 0.75, margin));
}
