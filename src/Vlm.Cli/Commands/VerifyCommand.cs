using System.CommandLine;
using System.Text.Json;
using Vlm.Api;
using Vlm.Core.Engine;
using Vlm.Eval.Golden;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm verify DIR</c>: this build against a folder of golden data.</summary>
internal static class VerifyCommand
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static Command Create()
    {
        Argument<DirectoryInfo> folder = new("DIR") { Description = "Folder of golden data (cases, operators, pixels, bad)." };
        folder.AcceptExistingOnly();
        Option<string> dtype = CommonOptions.DType("float64");
        Option<string> device = CommonOptions.Device();
        Option<string?> only = new("--only") { Description = "Only the checks whose name this pattern covers, e.g. 'cases/*tome*'." };
        Option<FileInfo?> json = new("--json") { Description = "Also write the results to this file." };
        Command command = new("verify", """
            Compares this build with golden data: one line per check, last line `N passed, N failed`; exit 1 when one failed.

            Examples:
              ./vlm verify ../shared/golden --dtype float64
              ./vlm verify ../shared/golden --only 'bad/*'
            """)
        {
            folder, dtype, device, only, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            ComputeTarget target = ComputeTarget.Parse(parsed.GetValue(dtype)!, parsed.GetValue(device)!);
            GoldenVerifier verifier = new(parsed.GetValue(folder)!.FullName, target.DType, target.Device, parsed.GetValue(only));
            List<CheckResult> results = [];
            await foreach (CheckResult result in verifier.RunAsync(cancel))
            {
                results.Add(result);
                Print(result);
            }

            if (parsed.GetValue(json) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(results, Json), cancel);
            }

            return Summarise(results);
        });
        return command;
    }

    private static void Print(CheckResult result)
    {
        string word = result.Outcome switch
        {
            CheckOutcome.Passed => "ok  ",
            CheckOutcome.Skipped => "skip",
            _ => "FAIL",
        };
        Console.WriteLine($"{word} {result.Name}: {result.Detail.ReplaceLineEndings(" ")}");
    }

    private static int Summarise(List<CheckResult> results)
    {
        int Count(CheckOutcome outcome) => results.Count(r => r.Outcome == outcome);
        if (results.Count == 0)
        {
            throw new InvalidDataException("golden data: expected cases, operators, pixels or bad with matching names, found none.");
        }

        string skipped = Count(CheckOutcome.Skipped) is > 0 and int n ? $", {n} skipped" : "";
        Console.WriteLine($"{Count(CheckOutcome.Passed)} passed, {Count(CheckOutcome.Failed)} failed{skipped}");
        return Count(CheckOutcome.Failed) == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
