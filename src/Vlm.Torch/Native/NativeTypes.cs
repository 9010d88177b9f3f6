using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

/// <summary>VtScalar of vlmtorch.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeScalar
{
    public const long Integer = 1;
    public const long Real = 2;
    public const long Truth = 3;

    public long Kind;
    public long IntegerValue;
    public double RealValue;

    public readonly double AsDouble() => Kind == Real ? RealValue : IntegerValue;

    public readonly long AsInt64() => Kind == Real ? checked((long)RealValue) : IntegerValue;
}
