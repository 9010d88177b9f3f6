namespace Vlm.Core.Weights;

/// <summary>Element types of the safetensors format (llava.md 10.4), spelt as in a file's header but for the
/// case.</summary>
public enum TensorDType
{
    Bool,
    U8,
    I8,
    F8E4M3,
    F8E5M2,
    F8E8M0,
    F8E4M3Fnuz,
    F8E5M2Fnuz,
    F4,
    F6E2M3,
    F6E3M2,
    I16,
    U16,
    F16,
    BF16,
    I32,
    U32,
    F32,
    I64,
    U64,
    F64,
    C64,
}

/// <summary>Names and widths of <see cref="TensorDType"/>.</summary>
public static class TensorDTypes
{
    private static readonly (TensorDType DType, string Name, int Bits)[] Table =
    [
        (TensorDType.Bool, "BOOL", 8),
        (TensorDType.U8, "U8", 8),
        (TensorDType.I8, "I8", 8),
        (TensorDType.F8E4M3, "F8_E4M3", 8),
        (TensorDType.F8E5M2, "F8_E5M2", 8),
        (TensorDType.F8E8M0, "F8_E8M0", 8),
        (TensorDType.F8E4M3Fnuz, "F8_E4M3FNUZ", 8),
        (TensorDType.F8E5M2Fnuz, "F8_E5M2FNUZ", 8),
        (TensorDType.F4, "F4", 4),
        (TensorDType.F6E2M3, "F6_E2M3", 6),
        (TensorDType.F6E3M2, "F6_E3M2", 6),
        (TensorDType.I16, "I16", 16),
        (TensorDType.U16, "U16", 16),
        (TensorDType.F16, "F16", 16),
        (TensorDType.BF16, "BF16", 16),
        (TensorDType.I32, "I32", 32),
        (TensorDType.U32, "U32", 32),
        (TensorDType.F32, "F32", 32),
        (TensorDType.I64, "I64", 64),
        (TensorDType.U64, "U64", 64),
        (TensorDType.F64, "F64", 64),
        (TensorDType.C64, "C64", 64),
    ];

    /// <summary>The spelling in a safetensors header, e.g. <c>BF16</c>.</summary>
    public static string Name(this TensorDType dtype) => Table[(int)dtype].Name;

    /// <summary>Width of one element in bits; 4 and 6 for the sub-byte types.</summary>
    public static int Bits(this TensorDType dtype) => Table[(int)dtype].Bits;

    /// <summary>True for the types that model weights may have: F16, BF16, F32, F64.</summary>
    public static bool IsWeight(this TensorDType dtype) =>
        dtype is TensorDType.F16 or TensorDType.BF16 or TensorDType.F32 or TensorDType.F64;

    /// <summary>Reads a header's spelling.</summary>
    public static bool TryParse(string name, out TensorDType dtype)
    {
        foreach (var row in Table)
        {
            if (row.Name == name)
            {
                dtype = row.DType;
                return true;
            }
        }

        dtype = default;
        return false;
    }
}
