using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vlm.Api;
using Vlm.Core.Chat;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm merge cost</c>: what each method at each ratio costs, by the released formula and counted.</summary>
internal static class MergeCostCommand
{
    private static readonly string[] Header =
    [
        "merge", "visual tokens", "released, G", "%", "projections", "attention", "MLP", "merging", "encode", "%", "prefill", "decode per token",
        "to the first token, %",
    ];

    /// <summary>One row: the released count beside the exact one.</summary>
    private sealed record Row(string Merge, long Released, double MeanShareOfTokens, RequestCost Counted);

    public static Command Create()
    {
        Option<DirectoryInfo?> model = CommonOptions.Model();
        Option<string?> merge = new("--merge") { Description = "SPEC,SPEC,... (default: every profile at the published ratios)." };
        Option<int> text = new("--text") { Description = "Tokens of the prompt besides the picture.", DefaultValueFactory = _ => 55 };
        Option<FileInfo?> json = new("--json") { Description = "Also write the rows, unrounded, to this file." };
        text.Validators.Add(result => CommonOptions.Check(result, text, 0, 1_000_000));
        Command command = new("cost", """
            Multiply-accumulates of one request, in 1e9: the released formula (all blocks of the tower, tokens before merging), and a count
            of what is run. Percentages are of no merging. No weight is read.

            Examples:
              ./vlm merge cost
              ./vlm merge cost --model llava-1.5-7b-hf --merge pitome:0.9,tome:0.9 --json cost.json
            """)
        {
            model, merge, text, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            LlavaConfig config = CheckpointInfo.Inspect(DefaultCheckpoint.Resolve(parsed.GetValue(model))).Config;
            IEnumerable<MergeSpec> specs = parsed.GetValue(merge) is { } list ? MergeSpecList.Parse(list, config.MergeShape) : Published();
            Row[] rows = [.. specs.Prepend(MergeSpec.None).Select(spec => Count(config, spec, parsed.GetValue(text)))];
            MarkdownTable.Write(Header, rows.Select(row => Cells(row, rows[0])));
            if (parsed.GetValue(json) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(rows, ChatJson.Options), cancel);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<MergeSpec> Published() => TokenMergers.All.SelectMany(method => method.Profiles.SelectMany(
        profile => TokenMergers.UsualRatios.Where(ratio => ratio is >= 0.85 and < 1).Select(ratio => new MergeSpec(method.Name, profile.Name, ratio))));

    private static Row Count(LlavaConfig config, MergeSpec spec, int text)
    {
        MergeShape whole = config.MergeShape with { FeatureLayer = config.MergeShape.NumLayers };
        int[] tokens = TokenMergers.TokensPerLayer(spec, whole)[..^1];
        return new(
            spec.ToString(),
            VisionFlops.Encoder(tokens, config.Vision.HiddenSize, config.Vision.IntermediateSize),
            tokens.Average() / tokens[0],
            RequestCost.Of(config, spec, text));
    }

    private static string[] Cells(Row row, Row none) =>
    [
        row.Merge,
        row.Counted.VisualTokens.ToString(CultureInfo.InvariantCulture),
        Giga(row.Released), Share(row.Released, none.Released),
        Giga(row.Counted.Tower.Projections), Giga(row.Counted.Tower.Attention), Giga(row.Counted.Tower.Mlp), Giga(row.Counted.Tower.Merging),
        Giga(row.Counted.Encode), Share(row.Counted.Encode, none.Counted.Encode),
        Giga(row.Counted.Prefill), Giga(row.Counted.DecodePerToken), Share(row.Counted.FirstToken, none.Counted.FirstToken),
    ];

    // A small model's tokens cost less than a hundredth of it.
    private static string Giga(long count) => (count / 1e9).ToString(count < 1_000_000_000 ? "0.0000" : "0.00", CultureInfo.InvariantCulture);

    private static string Share(long count, long whole) => ((double)count / whole * 100).ToString("0.0", CultureInfo.InvariantCulture);
}
