using System.Buffers.Binary;

namespace Vlm.Core.Weights;

/// <summary>Numbers to the bytes of a weight type.</summary>
internal static class WeightBits
{
    /// <summary>Writes one rounded value, little-endian.</summary>
    public static void Write(TensorDType dtype, double value, Span<byte> target)
    {
        switch (dtype)
        {
            case TensorDType.F16:
                BinaryPrimitives.WriteHalfLittleEndian(target, (Half)value);
                break;
            case TensorDType.BF16:
                BinaryPrimitives.WriteUInt16LittleEndian(target, BFloat16((float)value));
                break;
            case TensorDType.F32:
                BinaryPrimitives.WriteSingleLittleEndian(target, (float)value);
                break;
            case TensorDType.F64:
                BinaryPrimitives.WriteDoubleLittleEndian(target, value);
                break;
            default:
                throw new ArgumentException(
                    $"dtype: expected F16, BF16, F32 or F64, found {dtype.Name()}.", nameof(dtype));
        }
    }

    // Upper half of a finite float, rounded to nearest even.
    private static ushort BFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
