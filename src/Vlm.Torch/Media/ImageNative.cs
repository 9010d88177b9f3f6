using System.Runtime.InteropServices;

namespace Vlm.Torch.Media;

/// <summary>Declarations in the order of vlmmedia_image.h.</summary>
internal static unsafe partial class ImageNative
{
    private const string Library = "vlmmedia";

    [StructLayout(LayoutKind.Sequential)]
    internal struct Info
    {
        public int Width;
        public int Height;
        public int Bands;
        public int Pages;
        public int Orientation;
        public int SampleBytes;
    }

    [LibraryImport(Library)]
    internal static partial int vm_image_open(byte* data, long size, int format, out IntPtr image, out Info info);

    [LibraryImport(Library)]
    internal static partial int vm_image_read_rgb(ImageHandle image, int options, byte* rgb, long size);

    [LibraryImport(Library)]
    internal static partial void vm_image_close(IntPtr image);

    [LibraryImport(Library, EntryPoint = "vm_last_error")]
    private static partial IntPtr vm_last_error();

    internal static void Check(int status)
    {
        if (status != 0)
        {
            throw new ImageCodecException(Marshal.PtrToStringUTF8(vm_last_error()) ?? "no reason given");
        }
    }
}
