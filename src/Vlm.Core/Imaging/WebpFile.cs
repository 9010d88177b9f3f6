using System.Buffers.Binary;

namespace Vlm.Core.Imaging;

/// <summary>The RIFF frame of a WebP file, checked before libvips sees it (RFC 9649).</summary>
internal static class WebpFile
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;

    /// <exception cref="ImageException">Truncated or TooManyFrames.</exception>
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
            frames += chunk.StartsWith("ANMF"u8) ? 1 : 0;
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            at += ChunkHeader + length + (length & 1);
        }

        limits.CheckFrames(frames);
    }
}
