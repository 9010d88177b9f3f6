using static TorchSharp.torch;

namespace Vlm.Core.Weights;

/// <summary>From file bytes to libtorch tensors.</summary>
public static class TensorFiles
{
    private static readonly (TensorDType DType, ScalarType Scalar)[] Types =
    [
        (TensorDType.Bool, ScalarType.Bool),
        (TensorDType.U8, ScalarType.Byte),
        (TensorDType.I8, ScalarType.Int8),
        (TensorDType.I16, ScalarType.Int16),
        (TensorDType.F16, ScalarType.Float16),
        (TensorDType.BF16, ScalarType.BFloat16),
        (TensorDType.I32, ScalarType.Int32),
        (TensorDType.F32, ScalarType.Float32),
        (TensorDType.I64, ScalarType.Int64),
        (TensorDType.F64, ScalarType.Float64),
    ];

    /// <summary>A read-only CPU tensor over the bytes of the file: no copy where the mapping is aligned. It outlives
    /// the file; the caller disposes it.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    /// <exception cref="InvalidDataException">libtorch has no such element type.</exception>
    public static Tensor Get(this ITensorFile file, string name)
    {
        TensorDType dtype = file.Entries[name].DType;
        ScalarType scalar = ToScalarType(dtype)
            ?? throw new InvalidDataException(
                $"{name}: expected a dtype of libtorch, found {dtype.Name()} in {Path.GetFileName(file.Path)}.");
        TensorData data = file.Read(name);
        return Torch.Kernels.Default.FromMemory(data.Address, [.. data.Entry.Shape], scalar, data.Owner);
    }

    /// <summary>The libtorch element type, or null where libtorch 1.13 has none.</summary>
    public static ScalarType? ToScalarType(this TensorDType dtype)
    {
        foreach (var row in Types)
        {
            if (row.DType == dtype)
            {
                return row.Scalar;
            }
        }

        return null;
    }

    /// <summary>The element type that a libtorch tensor has in a file.</summary>
    /// <exception cref="ArgumentException">The format has no such type.</exception>
    public static TensorDType ToTensorDType(this ScalarType scalar)
    {
        foreach (var row in Types)
        {
            if (row.Scalar == scalar)
            {
                return row.DType;
            }
        }

        throw new ArgumentException($"dtype: expected one that safetensors can hold, found {scalar}.", nameof(scalar));
    }
}
