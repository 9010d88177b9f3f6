namespace Vlm.Core.Imaging;

/// <summary>Formats that are decoded.</summary>
internal enum ImageFormat
{
    Jpeg,
    Png,
    Webp,
    Gif,
    Bmp,
    Tiff,
}

/// <summary>Tells a picture's format from its first bytes; names and media types count for nothing.</summary>
internal static class ImageFormats
{
    internal const string Allowed = "JPEG, PNG, WebP, GIF, BMP or TIFF";

    private const int TextPrefix = 512;

    /// <exception cref="ImageException">FormatNotAllowed for a known format, else UnknownFormat.</exception>
    internal static ImageFormat Sniff(ReadOnlySpan<byte> bytes)
    {
        if (Find(bytes) is { } format)
        {
            return format;
        }

        throw FindRefused(bytes) is { } name
            ? ImageException.NotAllowed(Allowed, name)
            : ImageException.Of(ImageErrorReason.UnknownFormat, Allowed, "an unknown format");
    }

    /// <summary>The format of a file; null for others than <see cref="Allowed"/>.</summary>
    internal static ImageFormat? Find(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when Starts(bytes, 0xFF, 0xD8, 0xFF) => ImageFormat.Jpeg,
        _ when bytes.StartsWith(PngFile.Signature) => ImageFormat.Png,
        _ when IsRiff(bytes, "WEBP"u8) => ImageFormat.Webp,
        _ when bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) => ImageFormat.Gif,
        _ when bytes.StartsWith("BM"u8) => ImageFormat.Bmp,
        _ when IsTiff(bytes) => ImageFormat.Tiff,
        _ => null,
    };

    private static string? FindRefused(ReadOnlySpan<byte> bytes) => bytes switch
    {
        _ when bytes.StartsWith("%PDF"u8) => "PDF",
        _ when bytes.StartsWith("%!PS"u8) => "PostScript",
        _ when bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) => "HEIF, AVIF or another ISO media file",
        _ when Starts(bytes, 0, 0, 0, 12, (byte)'j', (byte)'P') => "JPEG 2000",
        _ when Starts(bytes, 0xFF, 0x4F, 0xFF, 0x51) => "JPEG 2000",
        _ when Starts(bytes, 0xFF, 0x0A) => "JPEG XL",
        _ when Starts(bytes, 0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L') => "JPEG XL",
        _ when bytes.StartsWith("8BPS"u8) => "Photoshop",
        _ when Starts(bytes, 0, 0, 1, 0) => "ICO",
        _ when Starts(bytes, 0x76, 0x2F, 0x31, 0x01) => "OpenEXR",
        _ when bytes.StartsWith("#?RADIANCE"u8) => "Radiance HDR",
        _ when bytes.StartsWith("SIMPLE  ="u8) => "FITS",
        _ when IsNetpbm(bytes) => "Netpbm",
        _ when IsMarkup(bytes) => "SVG or other markup",
        _ => null,
    };

    private static bool Starts(ReadOnlySpan<byte> bytes, params ReadOnlySpan<byte> with) => bytes.StartsWith(with);

    private static bool IsRiff(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> form) =>
        bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith(form);

    private static bool IsTiff(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) ||
        bytes.StartsWith("II+\0"u8) || bytes.StartsWith("MM\0+"u8);

    private static bool IsNetpbm(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 3 && bytes[0] == 'P' && bytes[1] is >= (byte)'1' and <= (byte)'7' && bytes[2] <= ' ';

    private static bool IsMarkup(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> start = bytes[..Math.Min(bytes.Length, TextPrefix)];
        start = start.StartsWith("\uFEFF"u8) ? start[3..] : start;
        start = start.TrimStart(" \t\r\n"u8);
        return start.StartsWith("<?xml"u8) || start.StartsWith("<svg"u8) || start.StartsWith("<!"u8);
    }
}
