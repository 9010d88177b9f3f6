using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Input of merging.md section 16: 13 tokens with a class token, 4 channels, and the sums it prints.</summary>
internal static class SpecVectors
{
    /// <summary>[1, 13, 4], float64.</summary>
    public static Tensor Input() =>
        Tensors.Matrix(13, 4, (t, c) => Math.Sin((0.7 * t) + (1.3 * c)) + (0.5 * Math.Cos(0.37 * t * (c + 1)))).unsqueeze(0);

    /// <summary>"rows": sum over channels of each output token.</summary>
    public static double[] Rows(Tensor output) => Tensors.Values(output.sum(2));

    /// <summary>"chk": sum of y[u] * (u mod 7 + 1) over the flattened output.</summary>
    public static double Check(Tensor output) => Tensors.Values(output).Select((y, u) => y * ((u % 7) + 1)).Sum();

    /// <summary>Groups as the section prints them: [0] [9] [11,2].</summary>
    public static string Print(int[][] groups) => string.Join(' ', groups.Select(g => $"[{string.Join(',', g)}]"));

    public static double[] Numbers(string list) =>
        [.. list.Split(", ").Select(n => double.Parse(n.Replace('\u2212', '-'), System.Globalization.CultureInfo.InvariantCulture))];
}
