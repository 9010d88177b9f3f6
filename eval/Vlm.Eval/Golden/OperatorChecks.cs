using System.Globalization;
using System.Text.Json;
using Vlm.Core.Weights;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Eval.Golden;

/// <summary>Single merging steps against <c>operators.json</c> and <c>operators.safetensors</c>, in float64.</summary>
internal static class OperatorChecks
{
    private const double Tolerance = 1e-9;

    /// <summary>Keys closer than this are equal but for the order in which a library adds; the groups may then swap them.</summary>
    private const double Tie = 1e-12;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly Dictionary<string, Func<TokenPlan, Tensor, Tensor, Tensor>> Reductions = new()
    {
        ["mean"] = (plan, x, _) => plan.Mean(x),
        ["wmean"] = (plan, x, sizes) => plan.WeightedMean(x, sizes),
        ["prune"] = (plan, x, _) => plan.Prune(x),
        ["tofu"] = (plan, x, _) => plan.RescaledMean(x),
        ["mlerp"] = (plan, x, _) => plan.NormKeepingMean(x),
    };

    private sealed record OperatorRow(int Input, string Operator, JsonElement Ratio, double Margin, int[][] Groups, double? MinDecisionGap)
    {
        /// <summary>The ratio as the names of the tensors write it.</summary>
        public string Name => $"{Input}.{Operator}.{Ratio.GetRawText()}";
    }

    /// <summary>One check per row and reduction.</summary>
    public static IEnumerable<CheckResult> Run(string folder, Glob only)
    {
        string index = Path.Combine(folder, "operators", "operators.json");
        if (!File.Exists(index))
        {
            yield break;
        }

        using SafetensorsFile tensors = SafetensorsFile.Open(Path.ChangeExtension(index, ".safetensors"));
        HashSet<string> seen = [];
        foreach (OperatorRow row in JsonSerializer.Deserialize<OperatorRow[]>(File.ReadAllText(index), Json)!)
        {
            string[] outputs = [.. tensors.Entries.Keys.Where(key => key.StartsWith(row.Name + ".", StringComparison.Ordinal) && Reduction(row, key) is not null)];
            seen.UnionWith(outputs);
            foreach ((string name, Func<string> check) in Checks(row, tensors, outputs).Where(c => only.Matches(c.Name)))
            {
                yield return CheckResult.Of(name, check);
            }
        }

        foreach (string key in tensors.Entries.Keys.Where(key => key.Contains(".dct.", StringComparison.Ordinal) && only.Matches("operators/" + key)))
        {
            yield return CheckResult.Of("operators/" + key, () => CompareTransform(key, tensors));
        }
    }

    /// <summary>One tensor <c>INPUT.dct.RATIO</c>: class token and resampled patches before the rounding to half precision.</summary>
    private static string CompareTransform(string key, SafetensorsFile tensors)
    {
        using var scope = NewDisposeScope();
        string[] parts = key.Split('.', 3);
        Tensor x = tensors.Get($"{parts[0]}.x").unsqueeze(0);
        int kept = CosineTransform.Kept((int)x.shape[1] - 1, double.Parse(parts[2], CultureInfo.InvariantCulture));
        Tensor found = cat([x.narrow(1, 0, 1), CosineTransform.Resample(x, kept)], 1);
        return Values(key, tensors.Get(key), found[0]);
    }

    private static IEnumerable<(string Name, Func<string> Check)> Checks(OperatorRow row, SafetensorsFile tensors, string[] outputs)
    {
        yield return ($"operators/{row.Name}", () => Compare(row, tensors, null));
        foreach (string key in outputs)
        {
            yield return ($"operators/{key}", () => Compare(row, tensors, key));
        }
    }

    /// <summary>Name of the reduction that made a tensor of this row; null when the tensor belongs to a longer ratio.</summary>
    private static string? Reduction(OperatorRow row, string key)
    {
        string rest = key[(row.Name.Length + 1)..];
        return rest.Length > 0 && char.IsLetter(rest[0]) ? rest : null;
    }

    /// <summary>Compares the groups (<paramref name="key"/> null) or one reduction of them.</summary>
    private static string Compare(OperatorRow row, SafetensorsFile tensors, string? key)
    {
        if (!MergeOperators.All.TryGetValue(row.Operator, out var build))
        {
            throw new SkippedException($"{row.Operator}: this build has no such merging operator");
        }

        using var scope = NewDisposeScope();
        Tensor x = tensors.Get($"{row.Input}.x").unsqueeze(0);
        Tensor attention = tensors.Get($"{row.Input}.attention").unsqueeze(0);
        double ratio = double.Parse(row.Ratio.GetRawText(), CultureInfo.InvariantCulture);
        TokenPlan plan = build(new OperatorInput(x, ratio, row.Margin, attention));
        bool tied = row.MinDecisionGap < Tie && plan.EqualUpToTies(0, row.Groups, Tie);
        if (key is null)
        {
            return tied ? "equal up to ties" : Groups(row, plan);
        }

        string reduction = Reduction(row, key)!;
        if (!Reductions.TryGetValue(reduction, out var reduce))
        {
            throw new SkippedException($"{reduction}: this build has no such reduction");
        }

        Tensor sizes = tensors.Get($"{row.Input}.sizes").reshape(1, -1);
        return tied && Groups(plan) != Groups(row.Groups)
            ? "depends on which of the tied tokens comes first"
            : Values(key, tensors.Get(key), reduce(plan, x, sizes)[0]);
    }

    private static string Groups(OperatorRow row, TokenPlan plan)
    {
        Compare(row.Groups, plan);
        return "equal";
    }

    private static void Compare(int[][] expected, TokenPlan plan)
    {
        if (Groups(plan) != Groups(expected))
        {
            throw new MismatchException($"groups: expected {Groups(expected)}, found {Groups(plan)}");
        }
    }

    private static string Groups(TokenPlan plan) => Groups(plan.Groups()[0]);

    private static string Groups(int[][] groups) => string.Join(" ", groups.Select(group => $"[{string.Join(',', group)}]"));

    private static string Values(string key, Tensor expected, Tensor found) => string.Create(CultureInfo.InvariantCulture,
        $"largest difference {Golden.Compare.Near(key, Doubles(expected), Doubles(found), Tolerance):g2}");

    private static double[] Doubles(Tensor values) => values.to_type(ScalarType.Float64).contiguous().flatten().data<double>().ToArray();
}
