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
}

/// <summary>VtIndex of vlmtorch.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeIndex
{
    public const long None = 0;
    public const long Ellipsis = 1;
    public const long Slice = 2;
    public const long Position = 3;
    public const long Truth = 4;
    public const long Tensor = 5;

    public long Kind;
    public long Start;
    public long Stop;
    public long Step;
    public IntPtr TensorPointer;
}
