using System.CommandLine;
using System.CommandLine.Parsing;

namespace Vlm.Cli;

/// <summary>Options that several commands share, with one wording each.</summary>
internal static class CommonOptions
{
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Stack traces with errors.", Recursive = true };

    public static Option<int?> Threads { get; } = NewThreads();

    public static Option<DirectoryInfo?> Model() => new("--model") { Description = "Checkpoint folder (default: the embedded one)." };

    public static Option<string> Device() => new("--device") { Description = "cpu or cuda:N.", DefaultValueFactory = _ => "cpu" };

    public static Option<string> DType(string fallback = "auto")
    {
        Option<string> option = new("--dtype") { Description = "Compute type.", DefaultValueFactory = _ => fallback };
        option.AcceptOnlyFromAmong("auto", "float64", "float32", "float16", "bfloat16");
        return option;
    }

    public static Option<string> Weights()
    {
        Option<string> option = new("--weights") { Description = "auto, or int8 to round the language model's weights at load (CPU).", DefaultValueFactory = _ => "auto" };
        option.AcceptOnlyFromAmong("auto", "int8");
        return option;
    }

    private static Option<int?> NewThreads()
    {
        Option<int?> option = new("--threads") { Description = "Threads of libtorch, its BLAS and the kernels (default: OMP_NUM_THREADS, else the physical cores).", Recursive = true };
        option.Validators.Add(result => Check(result, option, 1, 1024));
        return option;
    }

    /// <summary>A validator for numbers in a range.</summary>
    public static void Check<T>(OptionResult result, Option<T> option, T low, T high)
        where T : IComparable<T>
    {
        if (result.GetValue(option) is { } value && (value.CompareTo(low) < 0 || value.CompareTo(high) > 0))
        {
            result.AddError($"{option.Name}: expected {low} to {high}, found {value}.");
        }
    }

    /// <summary>The same for numbers that may be left out.</summary>
    public static void Check<T>(OptionResult result, Option<T?> option, T low, T high)
        where T : struct, IComparable<T>
    {
        if (result.GetValue(option) is { } value && (value.CompareTo(low) < 0 || value.CompareTo(high) > 0))
        {
            result.AddError($"{option.Name}: expected {low} to {high}, found {value}.");
        }
    }
}
