using System.CommandLine;
using Vlm.Api;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval datasets</c>: what is expected where, and what was found.</summary>
internal static class EvalDatasetsCommand
{
    private const int MostNamed = 5;

    public static Command Create()
    {
        Option<DirectoryInfo> data = EvalOptions.Data();
        Option<string> names = EvalOptions.Benchmarks();
        names.Required = false;
        Option<string?> profile = EvalOptions.Profile();
        Command command = new("datasets", """
            Per benchmark: files expected below --data, whether they are there, how many questions and pictures they hold.

            Examples:
              ./vlm eval datasets --data playground/data/eval
              ./vlm eval datasets --data playground/data/eval --benchmark gqa,pope
            """)
        {
            data, names, profile,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<IBenchmark> benchmarks = parsed.GetValue(names) is { } list ? BenchmarkTable.Parse(list) : BenchmarkTable.All;
            DataFolder folder = new(parsed.GetValue(data)!.FullName);
            foreach (IBenchmark benchmark in benchmarks)
            {
                Print(DatasetCheck.Of(benchmark, folder, EvalOptions.ProfileOf(parsed.GetValue(profile), benchmark)));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(DatasetCheck check)
    {
        Console.WriteLine($"{check.Benchmark}: {check.Summary}");
        foreach (PartCheck part in check.Parts)
        {
            string use = part.Part.Use switch { PartUse.Run => "to run", PartUse.Score => "to score", _ => "to run and score" };
            string alternative = part.Part.Alternative is null ? "" : $" or {part.Part.Alternative}";
            Console.WriteLine($"  {(part.IsThere ? "found  " : "missing")} {part.Part.Path}{alternative} ({use})");
        }

        foreach (string picture in check.MissingPictures.Take(MostNamed))
        {
            Console.WriteLine($"  missing picture {picture}");
        }
    }
}
