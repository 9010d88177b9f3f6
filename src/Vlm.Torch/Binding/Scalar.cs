using Vlm.Torch.Native;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number with its element type, as an operand. Holds nothing native: disposing is a formality kept for TorchSharp's sake.</summary>
public sealed class Scalar : IDisposable
{
    internal readonly NativeScalar Native;

    internal Scalar(NativeScalar native, ScalarType type)
    {
        Native = native;
        Type = type;
    }

    internal ScalarType Type { get; }

    public static implicit operator Scalar(int value) => Whole(value, ScalarType.Int32);

    public static implicit operator Scalar(long value) => Whole(value, ScalarType.Int64);

    public static implicit operator Scalar(float value) => Real(value, ScalarType.Float32);

    public static implicit operator Scalar(double value) => Real(value, ScalarType.Float64);

    public void Dispose()
    {
    }

    private static Scalar Whole(long value, ScalarType type) =>
        new(new NativeScalar { Kind = NativeScalar.Integer, IntegerValue = value }, type);

    private static Scalar Real(double value, ScalarType type) =>
        new(new NativeScalar { Kind = NativeScalar.Real, RealValue = value }, type);
}
