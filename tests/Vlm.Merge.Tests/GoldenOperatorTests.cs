using System.Globalization;
using System.Text.Json;
using TorchSharp;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>
/// Every operator built here against shared/golden/operators: same groups, same averages, in float64.
/// </summary>
public class GoldenOperatorTests
{
    private const double Tolerance = 1e-9;

    /// <summary>Energies closer than this are equal but for rounding; few rows have such a pair.</summary>
    private const double Tie = 1e-12;

    public static TheoryData<string> Operators =>
    [
        "pitome", "pitome_alpha0", "pitome_paper_energy", "pitome_gauss_halves", "pitome_text", "pitome_bsm",
        "bsm", "bsm_no_cls", "cgsm", "diffrate", "mctf",
    ];

    [SkippableTheory]
    [MemberData(nameof(Operators))]
    public void Operator_GoldenInputs_SameGroupsAndAverages(string name)
    {
        Safetensors tensors = new(Golden.Folder("operators", "operators.safetensors"));
        JsonElement[] rows = JsonSerializer.Deserialize<JsonElement[]>(
            File.ReadAllText(Golden.Folder("operators", "operators.json")))!;
        JsonElement[] mine = [.. rows.Where(row => row.GetProperty("operator").GetString() == name)];

        Assert.NotEmpty(mine);
        Assert.All(mine, row => Compare(row, tensors, name));
    }

    [SkippableTheory]
    [InlineData("0.5")]
    [InlineData("0.75")]
    [InlineData("0.9")]
    [InlineData("0.95")]
    public void CosineTransform_GoldenInputs_SamePatches(string ratio)
    {
        using DisposeScope scope = NewDisposeScope();
        Safetensors tensors = new(Golden.Folder("operators", "operators.safetensors"));

        for (int input = 0; tensors.Has($"{input}.x"); input++)
        {
            Tensor x = tensors.Double($"{input}.x").unsqueeze(0);
            int kept = CosineTransform.Kept((int)x.shape[1] - 1, double.Parse(ratio, CultureInfo.InvariantCulture));
            Tensor expected = tensors.Double($"{input}.dct.{ratio}");
            Tensors.AssertClose(x.At(0, 0), expected[0], 0);
            Tensors.AssertClose(expected.narrow(0, 1, kept), CosineTransform.Resample(x, kept)[0], Tolerance);
        }
    }

    private static void Compare(JsonElement row, Safetensors tensors, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        int input = row.GetProperty("input").GetInt32();
        string ratio = row.GetProperty("ratio").GetRawText();
        Tensor x = tensors.Double($"{input}.x").unsqueeze(0);
        Tensor sizes = tensors.Double($"{input}.sizes").reshape(1, -1);

        TokenPlan plan = MergeOperators.All[name](new OperatorInput(
            x,
            double.Parse(ratio, CultureInfo.InvariantCulture),
            row.GetProperty("margin").GetDouble(),
            tensors.Double($"{input}.attention").unsqueeze(0)));

        int[][] expected = row.GetProperty("groups").Deserialize<int[][]>()!;
        if (plan.EqualUpToTies(0, expected, Tie) && row.GetProperty("min_decision_gap") is { ValueKind: JsonValueKind.Number } gap
            && gap.GetDouble() < Tie)
        {
            return; // the averages depend on which of the tied tokens comes first
        }

        Assert.Equal(expected, plan.Groups()[0]);
        Check("mean", plan.Mean(x));
        Check("wmean", plan.WeightedMean(x, sizes));
        Check("prune", plan.Prune(x));
        Check("tofu", plan.RescaledMean(x));
        Check("mlerp", plan.NormKeepingMean(x));

        void Check(string reduction, Tensor actual)
        {
            string key = $"{input}.{name}.{ratio}.{reduction}";
            if (tensors.Has(key))
            {
                Tensors.AssertClose(tensors.Double(key), actual[0], Tolerance);
            }
        }
    }
}
