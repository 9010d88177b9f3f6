using System.CommandLine;

namespace Vlm.Cli;

/// <summary>Options that several commands share, with one wording each.</summary>
internal static class CommonOptions
{
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Stack traces with errors.", Recursive = true };

    public static Option<DirectoryInfo?> Model() => new("--model") { Description = "Checkpoint folder (default: the embedded one)." };

    public static Option<string> Device() => new("--device") { Description = "cpu or cuda:N.", DefaultValueFactory = _ => "cpu" };

    public static Option<string> DType(string fallback = "auto")
    {
        Option<string> option = new("--dtype") { Description = "Compute type.", DefaultValueFactory = _ => fallback };
        option.AcceptOnlyFromAmong("auto", "float64", "float32", "float16", "bfloat16");
        return option;
    }
}
