using TorchSharp;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Groups and averages of the other methods against merging.md section 16, computed in float64 there.</summary>
public class MethodVectorTests
{
    /// <summary>Printed digits.</summary>
    private const double Printed = 1e-6;

    [Fact]
    public void ToMe_CountFour_GivesGroups()
    {
        using DisposeScope scope = NewDisposeScope();

        TokenPlan plan = BipartiteMatching.Plan(SpecVectors.Input(), removed: 4, classToken: true);

        AssertPlan(plan, "[0] [4] [8] [1,10] [3,12] [5] [7,6] [9] [11,2]", 5.708244,
            "2.791293, −0.964778, 0.734533, 0.717102, −1.011881, −0.601450, −0.255289, 0.702019, −0.569195");
    }

    [Fact]
    public void KthBipartite_StrideThree_DropsTheRest()
    {
        using DisposeScope scope = NewDisposeScope();

        TokenPlan plan = MergeOperators.All["kth_bipartite"](new(SpecVectors.Input(), 1, 0) { Stride = 3 });

        AssertPlan(plan, "[2,3] [5,4,6] [8,0,7,9] [11,1,10]", -1.711845, "−0.966505, −0.692945, 1.057468, 0.283846");
        Assert.Equal(-1, plan.OwnerMap(13).At(0, 12).item<long>());
    }

    [Fact]
    public void CompleteGraph_Intended_GivesGroups()
    {
        using DisposeScope scope = NewDisposeScope();

        TokenPlan plan = MergeOperators.All["cgsm"](new(SpecVectors.Input(), 0.75, 0));

        AssertPlan(plan, "[0] [4] [5] [6] [7] [8] [9] [10,1] [11,2] [12,3]", -19.676258,
            "2.791293, −0.964778, −0.601450, −0.512606, 0.002029, 0.734533, 0.702019, 0.717102, −0.569195, −1.011881");
    }

    [Fact]
    public void CompleteGraph_AsPorted_TakesRanksForPatchesAndMergesIntoTheFirst()
    {
        using DisposeScope scope = NewDisposeScope();
        double[,] cosine = CosinesOfPatches();
        int n = cosine.GetLength(0);
        int[] ranking = [.. Enumerable.Range(0, n).OrderByDescending(p => Enumerable.Range(0, n).Max(q => cosine[p, q] - (p == q ? 1 : 0)))];
        double Best(int rank) => Enumerable.Range(rank + 1, n - rank - 1)
            .Select(lower => cosine[ranking[rank], ranking[lower]]).DefaultIfEmpty(double.NegativeInfinity).Max();
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(Best)];

        int[][] groups = MergeOperators.All["cgsm_port"](new(SpecVectors.Input(), 0.75, 0)).Groups()[0];

        Assert.Equal([0], groups[0]);
        Assert.Equal([order[3] + 1, order[0] + 1, order[1] + 1, order[2] + 1], groups[1]);
        Assert.Equal(order[4..].Select(rank => rank + 1), groups[2..].Select(group => Assert.Single(group)));
    }

    [Fact]
    public void TwoWay_LlavaVariant_GivesGroupsSizesAndWeightedMean()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();

        TokenPlan plan = MergeOperators.All["mctf"](new(x, 0.75, 0));
        Tensor output = plan.WeightedMean(x, Attention().mean([1, 2]));

        Assert.Equal("[0] [4] [6] [8] [10,1] [12,3] [7] [11,2] [9] [5]", SpecVectors.Print(plan.Groups()[0]));
        Assert.Equal([1.0, 1, 1, 1, 2, 2, 1, 2, 1, 1], Tensors.Values(plan.Sum(ones(1, 13, ScalarType.Float64))));
        AssertRows(output, 5.504979,
            "2.791293, −0.964778, −0.512606, 0.734533, 0.702111, −1.015687, 0.002029, −0.568783, 0.702019, −0.601450");
    }

    [Fact]
    public void Importance_DiffRate_SortsThenMerges()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        Tensor importance = Attention().select(2, 0).mean([1]).narrow(1, 1, 12);

        TokenPlan sorted = ImportanceMatching.Plan(x, importance, considered: 13, kept: 13);
        TokenPlan merged = ImportanceMatching.Plan(x, importance, considered: 13, kept: 10);
        TokenPlan cut = ImportanceMatching.Plan(x, importance, considered: 10, kept: 10);

        Assert.Equal([0L, 10, 2, 1, 9, 11, 3, 8, 12, 4, 7, 5, 6], Tensors.Integers(sorted.Anchors));
        AssertRows(merged.Mean(x), 8.886484,
            "2.791293, −0.070939, −0.555725, 1.505143, 0.702019, −0.582665, −1.377284, 0.074652, −0.646477, −0.783114");
        Assert.Equal([0L, 10, 2, 1, 9, 11, 3, 8, 12, 4], Tensors.Integers(cut.Anchors));
        Assert.Equal([5, 6, 7], Tensors.Integers(cut.OwnerMap(13)).Index().Where(token => token.Item < 0).Select(token => token.Index));
    }

    [Theory]
    [InlineData("prune", 7.647253, "2.791293, −0.964778, −0.512606, 0.734533, 1.505143, −1.377284, −0.601450, 0.002029, 0.702019, −0.582665")]
    [InlineData("tofu", 0.803189, "2.791293, −0.964778, −0.512606, 0.734533, 0.717102, −1.011881, −0.601450, 0.002029, 0.702019, −0.855722")]
    [InlineData("mlerp", 3.258445, "2.791293, −0.964778, −0.512606, 0.734533, 0.783481, −1.289885, −0.601450, 0.002029, 0.702019, −0.696903")]
    public void ToFu_Reductions_GiveRows(string reduction, double check, string rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        TokenPlan plan = BipartiteMatching.Plan(x, removed: 3, classToken: true);

        AssertRows(
            reduction switch { "prune" => plan.Prune(x), "tofu" => plan.RescaledMean(x), _ => plan.NormKeepingMean(x) }, check, rows);
    }

    [Fact]
    public void CosineTransform_NinePatches_GivesRows()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();

        Tensor output = cat([x.narrow(1, 0, 1), CosineTransform.Resample(x, 9)], 1);

        Assert.Equal(9, CosineTransform.Kept(12, 0.75));
        AssertRows(output, 3.781343,
            "2.791293, 1.402598, −1.416030, −1.188490, −0.700695, −0.365511, 0.733251, 0.696133, −0.464131, −0.748046");
    }

    [Fact]
    public void CosineTransform_ManyPatches_EqualsTheDefinition()
    {
        using DisposeScope scope = NewDisposeScope();
        (int n, int kept) = (40, 31);
        Tensor x = Tensors.Noise(1, 2, n + 1, 3);
        Tensor down = Tensors.Matrix(kept, n, (j, t) => Entry(n, j, t));
        Tensor up = Tensors.Matrix(kept, kept, (t, j) => Entry(kept, j, t));

        Tensors.AssertClose(up.matmul(down.matmul(x.narrow(1, 1, n))), CosineTransform.Resample(x, kept), 1e-13);

        static double Entry(int n, int j, int t) =>
            Math.Sqrt((j == 0 ? 1.0 : 2.0) / n) * Math.Cos(Math.PI * j * ((2 * t) + 1) / (2.0 * n));
    }

    [Fact]
    public void GridPooling_FiveToTwo_AveragesUnevenCells()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = arange(0, 26, 1, ScalarType.Float64).reshape(1, 26, 1);

        TokenPlan plan = GridPooling.Plan(x, side: 5, cells: 2);

        // Rows 0-2 and 3-4 of patches 1 .. 25.
        Tensors.AssertClose([0.0, 7, 9.5, 19.5, 22], Tensors.Values(plan.Mean(x)), 1e-12);
        Assert.Equal([1.0, 9, 6, 6, 4], Tensors.Values(plan.Sum(ones(1, 26, ScalarType.Float64))));
    }

    [Fact]
    public void Split_Top_MergesTheHighestIntoAllOthers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        double[] energies = Tensors.Values(new PiToMeOperator(0.45).Plan(x, 3).Energies!);
        int[] order = [.. Enumerable.Range(0, 12).OrderByDescending(p => energies[p])];

        int[][] groups = new PiToMeOperator(0.45, Split: EnergySplit.Top).Plan(x, 3).Groups()[0];

        Assert.Equal([0, .. order[3..].Select(p => p + 1)], groups.Select(group => group[0]));
        Assert.Equal(order[..3].Select(p => p + 1).Order(), groups.SelectMany(group => group.Skip(1)).Order());
    }

    [Fact]
    public void Split_Random_KeepsTheProtectedAndShufflesTheRest()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        int[][] inTurn = new PiToMeOperator(0.45).Plan(x, 3).Groups()[0];
        Tensor order = tensor(new long[] { 5, 4, 3, 2, 1, 0 }).unsqueeze(0);

        int[][] random = new PiToMeOperator(0.45, Split: EnergySplit.Random).Plan(x, 3, _ => order).Groups()[0];

        Assert.Equal(inTurn[..7], random[..7]);
        Assert.Equal(inTurn[7..].SelectMany(g => g).Order(), random[7..].SelectMany(g => g).Order());
        int[] anchors = [.. new PiToMeOperator(0.45, Split: EnergySplit.Random)
            .Plan(x, 3, count => arange(count, ScalarType.Int64).unsqueeze(0)).Groups()[0][7..].Select(g => g[0])];
        Assert.Equal(inTurn[7..].Select(g => g[0]), anchors); // the identity permutation is the alternate split
    }

    [Fact]
    public void TwoWay_AllFactors_MultiplySimilarityInformationAndSize()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = SpecVectors.Input();
        Tensor sizes = Tensors.Noise(9, 1, 13).square().add(1);
        double[] attention = Tensors.Values(Attention().mean([1, 2]));
        double[] size = Tensors.Values(sizes);

        Tensor attractions = TwoWayMatching.Attractions(x, Attention().mean([1, 2]), sizes);

        for (int a = 2; a < 13; a += 2)
        {
            for (int b = 1; b < 13; b += 2)
            {
                double cosine = nn.functional.linear(x.At(0, a).unsqueeze(0), x.At(0, b).unsqueeze(0)).item<double>()
                    / (x.At(0, a).norm(0).item<double>() * x.At(0, b).norm(0).item<double>());
                double information = Math.Pow(attention.Min() / attention[a] * (attention.Min() / attention[b]), 1 / 20.0);
                double bySize = Math.Pow(size.Min() / size[a] * (size.Min() / size[b]), 1 / 40.0);
                Assert.Equal((cosine + 1) / 2 * information * bySize, attractions.At(0, a / 2, b / 2).item<double>(), 12);
            }
        }

        Assert.Equal(double.NegativeInfinity, attractions.At(0, 0).Values().Max());
    }

    [Fact]
    public void SeededOrder_ManyDraws_ArePermutationsThatDependOnEverything()
    {
        using DisposeScope scope = NewDisposeScope();

        long[][] rows = HostCopy.Rows<long>(SeededOrder.Draw(seed: 5, layer: 2, [7, 8], 50));

        Assert.All(rows, row => Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), row.Order()));
        Assert.NotEqual(rows[0], rows[1]);
        Assert.Equal(rows[1], Tensors.Integers(SeededOrder.Draw(5, 2, [8], 50)));
        Assert.NotEqual(rows[1], Tensors.Integers(SeededOrder.Draw(6, 2, [8], 50)));
        Assert.NotEqual(rows[1], Tensors.Integers(SeededOrder.Draw(5, 3, [8], 50)));
    }

    [Fact]
    public void SeededOrder_EachItem_IsFirstAboutEquallyOften()
    {
        using DisposeScope scope = NewDisposeScope();
        int[] first = new int[4];

        foreach (long item in HostCopy.Rows<long>(SeededOrder.Draw(0, 0, SeededOrder.Positions(4000), 4)).Select(row => row[0]))
        {
            first[item]++;
        }

        Assert.All(first, count => Assert.InRange(count, 870, 1130)); // 1000 +- 4.7 deviations
    }

    /// <summary>The attention of section 16: two heads over 13 tokens.</summary>
    private static Tensor Attention() => stack([.. Enumerable.Range(0, 2).Select(h => Tensors.Matrix(
        13, 13, (q, k) => Math.Sin((0.5 * h) + (0.31 * q) + (0.77 * k) + (0.11 * q * k))).softmax(-1))]).unsqueeze(0);

    private static double[,] CosinesOfPatches()
    {
        double[][] rows = HostCopy.Rows<double>(SpecVectors.Input()[0].narrow(0, 1, 12));
        double[,] cosines = new double[12, 12];
        for (int i = 0; i < cosines.Length; i++)
        {
            (double[] p, double[] q) = (rows[i / 12], rows[i % 12]);
            cosines[i / 12, i % 12] = Dot(p, q) / Math.Sqrt(Dot(p, p) * Dot(q, q));
        }

        return cosines;

        static double Dot(double[] p, double[] q) => p.Zip(q, (a, b) => a * b).Sum();
    }

    private static void AssertPlan(TokenPlan plan, string groups, double check, string rows)
    {
        Assert.Equal(groups, SpecVectors.Print(plan.Groups()[0]));
        AssertRows(plan.Mean(SpecVectors.Input()), check, rows);
    }

    private static void AssertRows(Tensor output, double check, string rows)
    {
        Tensors.AssertClose(SpecVectors.Numbers(rows), SpecVectors.Rows(output), Printed);
        Assert.Equal(check, SpecVectors.Check(output), 6);
    }
}
