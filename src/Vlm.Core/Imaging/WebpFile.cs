using System.Buffers.Binary;

namespace Vlm.Core.Imaging;

/// <summary>The RIFF frame of a WebP file, checked before libvips sees it (RFC 9649).</summary>
internal static class WebpFile
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;
    private const int CanvasBytes = 10;

    /// <exception cref="ImageException">Truncated, TooManyPixels or TooManyFrames.</exception>
    internal static void Check(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        long end = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) + (long)ChunkHeader;
        if (end > bytes.Length)
        {
            throw ImageException.Truncated("WebP", $"{bytes.Length} of {end} bytes");
        }

        int frames = 0;
        for (long at = RiffHeader; at + ChunkHeader <= end;)
        {
            ReadOnlySpan<byte> chunk = bytes[(int)at..];
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            frames += chunk.StartsWith("ANMF"u8) ? 1 : 0;
            if (chunk.StartsWith("VP8X"u8) && length >= CanvasBytes && chunk.Length >= ChunkHeader + CanvasBytes)
            {
                limits.CheckSize(Number24(chunk[12..]) + 1, Number24(chunk[15..]) + 1);
            }

            at += ChunkHeader + length + (length & 1);
        }

        limits.CheckFrames(frames);
    }

    private static int Number24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
