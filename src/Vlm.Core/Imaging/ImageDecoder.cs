using Vlm.Torch.Media;

namespace Vlm.Core.Imaging;

/// <summary>
/// [1] Bytes of a picture to 8-bit RGB as the reference (Pillow) converts it: alpha dropped, palettes looked up, grey
/// replicated, 16-bit grey clipped, CMYK as (255-K) - (255-K)*C/255, colour profiles ignored. Limits are checked on the
/// header before pixels are decoded. GIF and BMP are read here, the rest by libvips. Safe to call from many threads.
/// </summary>
public static class ImageDecoder
{
    private const int MaxBands = 8;

    /// <summary>Media type of a picture file, told from its first bytes.</summary>
    public static string MediaType(ReadOnlySpan<byte> bytes) =>
        ImageFormats.Find(bytes) is { } format ? $"image/{format.ToString().ToLowerInvariant()}" : "application/octet-stream";

    /// <param name="bytes">The whole file; its format is told from the bytes alone.</param>
    /// <param name="limits">Bounds on file, size and frames.</param>
    /// <param name="applyExif">Whether to turn the picture upright. TIFF is always turned, as its orientation tag
    /// belongs to the layout of the pixels and the reference does so.</param>
    /// <returns>The first frame or page.</returns>
    /// <exception cref="ImageException">The picture is refused; Reason says why.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes, ImageLimits limits, bool applyExif)
    {
        switch (Sniff(bytes, limits))
        {
            case ImageFormat.Gif:
                return GifReader.Read(bytes, limits);
            case ImageFormat.Bmp:
                return BmpReader.Read(bytes, limits);
            case ImageFormat.Jpeg:
                bool isWhole = JpegFile.Check(bytes, limits);
                return Decode(bytes, ImageCodecFormat.Jpeg, ImageCodecOptions.None, limits, applyExif, isWhole);
            case ImageFormat.Png:
                (byte[] checkedBytes, bool isWideGrey) = PngFile.Check(bytes, limits);
                ImageCodecOptions wide = isWideGrey ? ImageCodecOptions.ClipWide : ImageCodecOptions.None;
                return Decode(checkedBytes, ImageCodecFormat.Png, wide, limits, applyExif);
            case ImageFormat.Webp:
                WebpFile.Check(bytes, limits);
                return Decode(bytes, ImageCodecFormat.Webp, ImageCodecOptions.None, limits, applyExif);
            default:
                ImageCodecOptions alpha = TiffFile.Check(bytes, limits) ? ImageCodecOptions.AssociatedAlpha : default;
                return Decode(bytes, ImageCodecFormat.Tiff, alpha, limits, applyExif: true);
        }
    }

    /// <summary>Refuses a file for its length or its first bytes, which costs nothing; the rest is for <see
    /// cref="Decode(ReadOnlySpan{byte}, ImageLimits, bool)"/>.</summary>
    /// <exception cref="ImageException">It is no picture that is decoded here; Reason says why.</exception>
    public static void CheckFormat(ReadOnlySpan<byte> bytes, ImageLimits limits) => _ = Sniff(bytes, limits);

    private static ImageFormat Sniff(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        if (bytes.IsEmpty)
        {
            throw ImageException.Of(ImageErrorReason.Empty, ImageFormats.Allowed, "an empty file");
        }

        limits.CheckBytes(bytes.Length);
        return ImageFormats.Sniff(bytes);
    }

    private static RgbImage Decode(
        ReadOnlySpan<byte> bytes, ImageCodecFormat format, ImageCodecOptions options, ImageLimits limits,
        bool applyExif, bool isWhole = true)
    {
        try
        {
            (ImageHeader header, byte[] rgb) = ImageCodec.Decode(
                bytes, format, header => Accept(header, limits, options));
            RgbImage image = new(header.Width, header.Height, rgb);
            return applyExif ? ImageOrientation.Apply(image, header.Orientation) : image;
        }
        catch (ImageCodecException e)
        {
            throw isWhole
                ? ImageException.Corrupt(Name(format), e.Message, e)
                : ImageException.Truncated(Name(format), $"{bytes.Length} bytes without an end marker", e);
        }
    }

    private static ImageCodecOptions Accept(ImageHeader header, ImageLimits limits, ImageCodecOptions options)
    {
        limits.CheckSize(header.Width, header.Height);
        limits.CheckFrames(header.Pages);
        if (header.Bands > MaxBands)
        {
            throw ImageException.NotAllowed($"at most {MaxBands} samples per pixel", $"{header.Bands}");
        }

        // A grey TIFF of 16 bits is clipped like PNG's; with alpha or colours, the high byte counts.
        return header.Bands == 1 ? options | ImageCodecOptions.ClipWide : options;
    }

    private static string Name(ImageCodecFormat format) => format switch
    {
        ImageCodecFormat.Jpeg => "JPEG",
        ImageCodecFormat.Png => "PNG",
        ImageCodecFormat.Webp => "WebP",
        _ => "TIFF",
    };
}
