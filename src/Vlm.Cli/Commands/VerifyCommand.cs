using System.CommandLine;
using System.Text.Json;
using Vlm.Api;
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
        Option<string> weights = CommonOptions.Weights();
        Option<string> device = CommonOptions.Device();
        Option<string?> only = new("--only") { Description = "Only the checks whose name this pattern covers, e.g. 'cases/*tome*'." };
        Option<FileInfo?> json = new("--json") { Description = "Also write the results to this file." };
        Command command = new("verify", """
            Compares this build with golden data: one line per check, last line `N passed, N failed`; exit 1 when one failed.
            With --weights int8 it counts instead how many greedy ids of the cases stay the same.

            Examples:
              ./vlm verify ../shared/golden --dtype float64
              ./vlm verify ../shared/golden --only 'bad/*'
              ./vlm verify ../shared/golden --weights int8
            """)
        {
            folder, dtype, weights, device, only, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            bool isRounded = parsed.GetValue(weights) == "int8";
            string type = isRounded && parsed.GetResult(dtype) is not { Implicit: false } ? "auto" : parsed.GetValue(dtype)!;
            CaseTarget target = new(type, parsed.GetValue(device)!, parsed.GetValue(weights)!);
            GoldenVerifier verifier = new(parsed.GetValue(folder)!.FullName, target, parsed.GetValue(only));
            if (isRounded)
            {
                await AgreeAsync(verifier, cancel);
                return ExitCode.Done;
            }

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

    private static async Task AgreeAsync(GoldenVerifier verifier, CancellationToken cancel)
    {
        List<CaseAgreement> cases = [];
        await foreach (CaseAgreement agreement in verifier.AgreeAsync(cancel))
        {
            cases.Add(agreement);
            Console.WriteLine($"{agreement.Name}: {agreement.Same} of {agreement.Expected} ids before the first difference");
        }

        if (cases.Count == 0)
        {
            throw new InvalidDataException("golden data: expected cases with matching names, found none.");
        }

        Console.WriteLine(
            $"{cases.Count(c => c.Same == c.Expected)} of {cases.Count} cases, {cases.Sum(c => c.Same)} of {cases.Sum(c => c.Expected)} ids");
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

        if (Count(CheckOutcome.Skipped) is > 0 and int skipped)
        {
            Console.WriteLine($"{skipped} skipped");
        }

        Console.WriteLine($"{Count(CheckOutcome.Passed)} passed, {Count(CheckOutcome.Failed)} failed");
        return Count(CheckOutcome.Failed) == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
