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

    /// <summary>Energies closer than this are equal but for rounding; 20 of the 296 rows have such a pair.</summary>
    private const double Tie = 1e-12;

    public static TheoryData<string> Operators => [.. MergeOperators.All.Keys];

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

    private static void Compare(JsonElement row, Safetensors tensors, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        int input = row.GetProperty("input").GetInt32();
        string ratio = row.GetProperty("ratio").GetRawText();
        Tensor x = tensors.Double($"{input}.x").unsqueeze(0);
        Tensor sizes = tensors.Double($"{input}.sizes").reshape(1, -1);

        TokenPlan plan = MergeOperators.All[name](new OperatorInput(
            x, double.Parse(ratio, CultureInfo.InvariantCulture), row.GetProperty("margin").GetDouble()));

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
