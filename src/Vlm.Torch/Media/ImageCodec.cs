namespace Vlm.Torch.Media;

/// <summary>Formats that libvips decodes here; the values are those of vlmmedia_image.h.</summary>
public enum ImageCodecFormat
{
    Jpeg = 0,
    Png = 1,
    Webp = 2,
    Tiff = 3,
}

/// <summary>How stored samples become bytes where the header leaves it open; the values are those of vlmmedia_image.h.</summary>
[Flags]
public enum ImageCodecOptions
{
    None = 0,

    /// <summary>16-bit grey is clipped to 255 instead of reduced to its high byte.</summary>
    ClipWide = 1,

    /// <summary>The file holds colours multiplied by alpha.</summary>
    AssociatedAlpha = 2,
}

/// <summary>What a picture's header says, read before any pixel.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Bands">Samples per pixel, alpha included.</param>
/// <param name="Pages">Frames or pages in the file.</param>
/// <param name="Orientation">EXIF value 1 to 8; 1 when absent.</param>
/// <param name="SampleBytes">1 or 2 for unsigned integers, 0 for any other sample type.</param>
public readonly record struct ImageHeader(int Width, int Height, int Bands, int Pages, int Orientation, int SampleBytes);

/// <summary>Pictures from memory to RGB bytes by libvips; safe to call from many threads at once.</summary>
public static unsafe class ImageCodec
{
    private const int Channels = 3;

    /// <summary>Reads the header, asks <paramref name="accept"/> and decodes the first page.</summary>
    /// <param name="bytes">The whole file; only the loader of <paramref name="format"/> is tried on it.</param>
    /// <param name="format">Told from the bytes by the caller.</param>
    /// <param name="accept">Sees the header before memory for pixels is taken; throws to refuse.</param>
    /// <returns>The header and RGB, row-major, width * height * 3 bytes.</returns>
    /// <exception cref="ImageCodecException">The data is truncated or corrupt, or its samples have no conversion.</exception>
    public static (ImageHeader Header, byte[] Rgb) Decode(
        ReadOnlySpan<byte> bytes, ImageCodecFormat format, Func<ImageHeader, ImageCodecOptions> accept)
    {
        fixed (byte* data = bytes)
        {
            ImageNative.Check(ImageNative.vm_image_open(data, bytes.Length, (int)format, out IntPtr image, out var info));
            using ImageHandle handle = new(image);
            ImageHeader header = new(info.Width, info.Height, info.Bands, info.Pages, info.Orientation, info.SampleBytes);
            int options = (int)accept(header);
            byte[] rgb = GC.AllocateUninitializedArray<byte>(checked(header.Width * header.Height * Channels));
            fixed (byte* target = rgb)
            {
                ImageNative.Check(ImageNative.vm_image_read_rgb(handle, options, target, rgb.Length));
            }

            return (header, rgb);
        }
    }
}
