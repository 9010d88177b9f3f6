using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vlm.Api;
using Vlm.Bench;
using Vlm.Core.Chat;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm bench merge</c>: plan and apply of every method against the similarity product.</summary>
internal static class BenchMergeCommand
{
    private static readonly string[] Header =
        ["merge", "tokens", "width", "batch", "ms", "of the similarity product", "of its block", "of plain loops", "allocated", "goal"];

    public static Command Create()
    {
        Option<string?> merge = new("--merge") { Description = "SPEC, SPEC, ... (default: every profile at 0.9)." };
        Option<int[]> tokens = Sizes("--tokens", "Tokens, class token included.", 577, 257, 1025);
        Option<int[]> width = Sizes("--width", "Width of tokens and metric.", 64, 1024);
        Option<int[]> batch = Sizes("--batch", "Pictures at once.", 1, 8, 32);
        Option<int> turns = new("--turns") { Description = "Timed turns per row; the fastest is printed.", DefaultValueFactory = _ => 5 };
        Option<FileInfo?> json = new("--json") { Description = "Also write the rows to this file." };
        Command command = new("merge", """
            Plan and apply of every merging method, timed in turn with the product of all tokens with all tokens, a tower block and
            plain loops; managed memory per call. Ratios are those of the fastest turns, since other work on the machine only adds.

            Examples:
              ./vlm bench merge --tokens 577 --width 1024 --batch 1
              ./vlm bench merge --merge pitome/paper:0.9 --json rows.json
            """)
        {
            merge, tokens, width, batch, turns, json,
        };
        command.SetAction((parsed, cancel) => RunAsync(
            [.. parsed.GetValue(merge) is { } list ? MergeSpecList.Parse(list) : MergeCase.AllSpecs(0.9)],
            [.. from t in parsed.GetValue(tokens)! from c in parsed.GetValue(width)! from b in parsed.GetValue(batch)! select (t, c, b)],
            new MergeBench(parsed.GetValue(turns)), parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        MergeSpec[] specs, (int Tokens, int Width, int Batch)[] sizes, MergeBench bench, FileInfo? json, CancellationToken cancel)
    {
        List<MergeRow> rows = [];
        foreach ((int tokens, int width, int batch) in sizes)
        {
            foreach (MergeSpec spec in specs)
            {
                cancel.ThrowIfCancellationRequested();
                rows.Add(bench.Run(spec, tokens, width, batch));
                Console.Error.WriteLine(string.Join(' ', Cells(rows[^1])));
            }
        }

        MarkdownTable.Write(Header, rows.Select(Cells));
        if (json is not null)
        {
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(rows, ChatJson.Options), cancel);
        }

        return ExitCode.Done;
    }

    private static string[] Cells(MergeRow row) =>
    [
        row.Merge,
        Text($"{row.Tokens}"), Text($"{row.Width}"), Text($"{row.Batch}"),
        Text($"{row.Seconds * 1e3:0.00}"),
        Text($"{row.Share:0.00}"),
        Text($"{row.BlockShare:0.0 %}"),
        Text($"{row.LoopShare:0.0000}"),
        Text($"{row.AllocatedBytes}"),
        MergeBench.KeepsGoals(row) ? "kept" : "missed",
    ];

    private static Option<int[]> Sizes(string name, string description, params int[] fallback) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => fallback,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
