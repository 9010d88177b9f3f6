using System.CommandLine;
using Vlm.Eval.Benchmarks;

namespace Vlm.Cli.Commands;

/// <summary>Options that the commands of <c>./vlm eval</c> share.</summary>
internal static class EvalOptions
{
    public static Option<string> Benchmarks() => new("--benchmark")
    {
        Description = $"Names with commas between: {string.Join(", ", BenchmarkTable.All.Select(benchmark => benchmark.Name))}.",
        Required = true,
    };

    public static Option<DirectoryInfo> Data()
    {
        Option<DirectoryInfo> option = new("--data") { Description = "Folder laid out as LLaVA's playground/data/eval.", Required = true };
        return option.AcceptExistingOnly();
    }

    public static Option<string?> Profile()
    {
        Option<string?> option = new("--profile") { Description = "Whose evaluation: llava (default where LLaVA has one) or lmms." };
        return option.AcceptOnlyFromAmong("llava", "lmms");
    }

    public static EvalProfile ProfileOf(string? name, IBenchmark benchmark) => name is null ? benchmark.DefaultProfile() : EvalProfiles.Parse(name);
}
