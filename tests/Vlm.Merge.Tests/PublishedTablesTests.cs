using System.Globalization;
using Vlm.Testing;

namespace Vlm.Merge.Tests;

/// <summary>Every number of tables T1 to T9 in merging.md 13.2 but the token rows, read from the document itself.</summary>
public class PublishedTablesTests
{
    [SkippableTheory]
    [InlineData("T1", "pitome/released")]
    [InlineData("T2", "pitome/paper")]
    [InlineData("T3", "tome/released")]
    [InlineData("T4", "tofu/released")]
    [InlineData("T4", "mctf/released")]
    [InlineData("T5", "pitome/table3")]
    [InlineData("T6", "diffrate/released")]
    [InlineData("T7", "diffrate/intended")]
    [InlineData("T8", "dct/released")]
    [InlineData("T9", "crossget/intended")]
    public void Costs_ClipLarge_EqualEveryColumn(string table, string method)
    {
        string[] rows = Rows(File.ReadAllText(Golden.Spec("merging.md")), table);

        Assert.Equal(6, rows.Length);
        Assert.All(rows, row => Assert.Equal(row, Row(method, row.Split(" | ")[0])));
    }

    private static string[] Rows(string document, string table)
    {
        string section = document[document.IndexOf($"**{table}.", StringComparison.Ordinal)..];
        return [.. section[..section.IndexOf("```", StringComparison.Ordinal)].Split('\n')
            .Where(line => line.StartsWith("| 0.", StringComparison.Ordinal)).Select(line => line.Trim('|', ' '))];
    }

    private static string Row(string method, string ratio)
    {
        MergeSpec spec = MergeSpec.Parse($"{method}:{ratio}");
        int[] tokens = TokenMergers.TokensPerLayer(spec, Shapes.ClipLarge);
        double all = VisionFlops.Encoder(tokens, 1024, 4096), used = VisionFlops.Encoder(tokens[..^1], 1024, 4096);
        return string.Create(CultureInfo.InvariantCulture,
            $"{ratio} | {TokenMergers.VisualTokens(spec, Shapes.ClipLarge)} | {all / 1e9:0.00} | {all / 190_612_291_584 * 100:0.0} | "
            + $"{used / 1e9:0.00} | {used / 182_670_112_768 * 100:0.0} | {tokens.Average() / 577:0.0000}");
    }
}
