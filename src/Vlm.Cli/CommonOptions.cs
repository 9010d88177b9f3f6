using System.CommandLine;
using TorchSharp;
using static TorchSharp.torch;

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

    /// <summary>The type to compute in; <c>auto</c> is float32 on a CPU (16-bit arithmetic is slower there) and float16 on a GPU.</summary>
    public static ScalarType ParseDType(string name, Device device) => name switch
    {
        "float64" => ScalarType.Float64,
        "float32" => ScalarType.Float32,
        "float16" => ScalarType.Float16,
        "bfloat16" => ScalarType.BFloat16,
        "auto" => device.type == DeviceType.CUDA ? ScalarType.Float16 : ScalarType.Float32,
        _ => throw new ArgumentException($"dtype: expected auto, float64, float32, float16 or bfloat16, found {name}."),
    };

    /// <summary>The device, checked to be there.</summary>
    public static Device ParseDevice(string name)
    {
        Device device;
        try
        {
            device = torch.device(name);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ArgumentException($"device: expected cpu or cuda:N, found {name}.", e);
        }

        if (device.type == DeviceType.CUDA && !cuda.is_available())
        {
            throw new ArgumentException($"device: expected one that this libtorch can use, found {name}, but it sees no CUDA device.");
        }

        return device;
    }
}
