using System.Runtime.InteropServices;

namespace Vlm.Bench;

/// <summary>The part of libvips' C interface that resizes, called directly: only what we compare with, never what we use.</summary>
internal static unsafe partial class Vips
{
    /// <summary>Kernels of vips_resize; the values are those of resample.h.</summary>
    public enum Kernel
    {
        Cubic = 2,
        Lanczos3 = 5,
    }

    private const string Library = "libvips.so.42";
    private const string GObject = "libgobject-2.0.so.0";
    private const string GLib = "libglib-2.0.so.0";
    private const int UnsignedChar = 0;

    static Vips()
    {
        Check(vips_init("bench"));
        vips_cache_set_max(0); // or the second run would find the result of the first
        vips_concurrency_set(1); // ours runs on one thread, too: the server's workers are the parallelism
    }

    /// <summary>Short side to <paramref name="size"/>, the square in the middle.</summary>
    /// <param name="rgb">Width * height * 3 bytes.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="size">Pixels per side of the result.</param>
    /// <param name="kernel">Interpolation.</param>
    /// <param name="shrinksFirst">vips_resize, which averages whole pixels before it interpolates; else vips_reduce, which
    /// interpolates over all of them, as ours does.</param>
    public static void Resize(byte[] rgb, int width, int height, int size, Kernel kernel, bool shrinksFirst)
    {
        double scale = (double)size / Math.Min(width, height);
        fixed (byte* data = rgb)
        {
            IntPtr image = vips_image_new_from_memory(data, (nuint)rgb.Length, width, height, 3, UnsignedChar);
            Check(shrinksFirst
                ? vips_resize(image, out IntPtr resized, scale, "kernel", (int)kernel, IntPtr.Zero)
                : vips_reduce(image, out resized, 1 / scale, 1 / scale, "kernel", (int)kernel, IntPtr.Zero));
            int left = (vips_image_get_width(resized) - size) / 2, top = (vips_image_get_height(resized) - size) / 2;
            Check(vips_extract_area(resized, out IntPtr square, left, top, size, size, IntPtr.Zero));
            g_free(vips_image_write_to_memory(square, out _));
            g_object_unref(square);
            g_object_unref(resized);
            g_object_unref(image);
        }
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException(Marshal.PtrToStringUTF8(vips_error_buffer()));
        }
    }

    // C functions with a variable list of arguments: safe to call so because that list holds no floating-point number.
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_resize(IntPtr image, out IntPtr result, double scale, string option, int value, IntPtr end);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_reduce(
        IntPtr image, out IntPtr result, double horizontal, double vertical, string option, int value, IntPtr end);

    [LibraryImport(Library)]
    private static partial int vips_extract_area(IntPtr image, out IntPtr result, int left, int top, int width, int height, IntPtr end);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int vips_init(string program);

    [LibraryImport(Library)]
    private static partial void vips_cache_set_max(int max);

    [LibraryImport(Library)]
    private static partial void vips_concurrency_set(int threads);

    [LibraryImport(Library)]
    private static partial IntPtr vips_image_new_from_memory(byte* data, nuint size, int width, int height, int bands, int format);

    [LibraryImport(Library)]
    private static partial int vips_image_get_width(IntPtr image);

    [LibraryImport(Library)]
    private static partial int vips_image_get_height(IntPtr image);

    [LibraryImport(Library)]
    private static partial IntPtr vips_image_write_to_memory(IntPtr image, out nuint size);

    [LibraryImport(Library)]
    private static partial IntPtr vips_error_buffer();

    [LibraryImport(GObject)]
    private static partial void g_object_unref(IntPtr instance);

    [LibraryImport(GLib)]
    private static partial void g_free(IntPtr memory);
}
