using TorchSharp;
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Where and in which element type a model computes, checked against what this libtorch can do.</summary>
/// <param name="DType">float64, float32, float16 or bfloat16.</param>
/// <param name="Device">A processor or one GPU.</param>
/// <param name="Weights">How the matrices lie in memory.</param>
public sealed record ComputeTarget(ScalarType DType, Device Device, WeightFormat Weights = WeightFormat.Computed)
{
    /// <summary>The element type as on the command line and on the wire; <c>int8</c> where the language model's weights are.</summary>
    public string DTypeName => Weights == WeightFormat.EightBit ? "int8" : DType.ToString().ToLowerInvariant();

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="dtype"><c>auto</c> is float16 on a GPU; on a CPU it is float32, where 16-bit arithmetic is slower, with 16-bit
    /// weights as the file holds them.</param>
    /// <param name="device"><c>cpu</c> or <c>cuda:N</c>.</param>
    /// <param name="weights"><c>auto</c> goes by <paramref name="dtype"/>; <c>int8</c> rounds the language model's matrices, on a CPU
    /// and with float32 arithmetic only.</param>
    /// <exception cref="ArgumentException">An unknown name, a device that is not there, or a type that it cannot compute in.</exception>
    public static ComputeTarget Parse(string dtype, string device, string weights = "auto")
    {
        Device place = ParseDevice(device);
        bool isCpu = place.type == DeviceType.CPU;
        ScalarType type = dtype switch
        {
            "auto" => isCpu ? ScalarType.Float32 : ScalarType.Float16,
            "float64" => ScalarType.Float64,
            "float32" => ScalarType.Float32,
            "float16" when !isCpu => ScalarType.Float16,
            "bfloat16" => ScalarType.BFloat16,
            _ => throw new ArgumentException(
                $"dtype: expected auto, float64, float32, {(isCpu ? "" : "float16, ")}bfloat16 on {device}, found '{dtype}'."),
        };
        return new ComputeTarget(type, place, ParseWeights(weights, dtype, isCpu));
    }

    private static WeightFormat ParseWeights(string weights, string dtype, bool isCpu) => weights switch
    {
        "auto" => isCpu && dtype == "auto" ? WeightFormat.Stored : WeightFormat.Computed,
        "int8" when isCpu && dtype is ("auto" or "float32") => WeightFormat.EightBit,
        "int8" => throw new ArgumentException(
            $"weights: expected int8 with dtype auto or float32 on cpu, found dtype {dtype} on {(isCpu ? "cpu" : "a GPU")}."),
        _ => throw new ArgumentException($"weights: expected auto or int8, found '{weights}'."),
    };

    private static Device ParseDevice(string name)
    {
        Device device = name == "cpu" || name.StartsWith("cuda", StringComparison.Ordinal)
            ? torch.device(name)
            : throw new ArgumentException($"device: expected cpu or cuda:N, found '{name}'.");
        if (device.type == DeviceType.CUDA && device.index >= (cuda.is_available() ? cuda.device_count() : 0))
        {
            throw new ArgumentException(
                $"device: expected cpu or one of {(cuda.is_available() ? cuda.device_count() : 0)} CUDA devices, found '{name}'.");
        }

        return device;
    }
}
