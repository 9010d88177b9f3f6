using System.Runtime.InteropServices;

namespace Vlm.Core.Weights;

/// <summary>Aligned native memory that is freed once, at the latest when it is collected.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int Alignment = 64;
    private void* _pointer;

    public NativeBuffer(long length) =>
        _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(length, 1), Alignment);

    ~NativeBuffer() => Free();

    public IntPtr Address => (IntPtr)_pointer;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
