using System.Buffers.Binary;

namespace Vlm.Core.Imaging;

/// <summary>The markers of a JPEG file (ITU-T T.81 Annex B), checked before libvips sees them.</summary>
internal static class JpegFile
{
    // A hostile progressive picture repeats scans: each costs a pass over all coefficients. Real ones have about 10.
    private const int MaxScans = 128;
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    /// <returns>Whether the end marker is there: the difference between a damaged file and a cut one.</returns>
    /// <exception cref="ImageException">ZeroSize, TooManyPixels, Truncated or Corrupt.</exception>
    internal static bool Check(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        bool hasFrame = false;
        bool hasEnd = false;
        int scans = 0;
        for (int at = 2; !hasEnd && NextMarker(bytes, ref at) is { } marker;)
        {
            hasEnd = marker == EndOfImage;
            if (hasEnd || IsStandalone(marker))
            {
                continue;
            }

            int length = at + 2 <= bytes.Length ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : int.MaxValue;
            if (length > bytes.Length - at)
            {
                // Behind a frame header this may be a stray byte in coded data, which the decoder passes over.
                return hasFrame ? false : throw NoFrame(bytes);
            }

            ReadOnlySpan<byte> segment = bytes.Slice(at, length);
            at += length;
            if (IsFrame(marker))
            {
                CheckFrame(segment, limits);
                hasFrame = true;
            }
            else if (marker == StartOfScan && ++scans > MaxScans)
            {
                throw ImageException.Corrupt("JPEG", $"more than {MaxScans} scans");
            }
        }

        return hasFrame ? hasEnd : throw NoFrame(bytes);
    }

    private static ImageException NoFrame(ReadOnlySpan<byte> bytes) =>
        ImageException.Truncated("JPEG", $"no frame header in {bytes.Length} bytes");

    // Entropy-coded data is passed over: in it 0xFF is followed by 0 or by a restart marker.
    private static byte? NextMarker(ReadOnlySpan<byte> bytes, ref int at)
    {
        while (at + 1 < bytes.Length)
        {
            int found = bytes[at..].IndexOf((byte)0xFF);
            if (found < 0 || at + found + 1 >= bytes.Length)
            {
                return null;
            }

            at += found + 1;
            if (bytes[at] is not (0 or 0xFF))
            {
                return bytes[at++];
            }
        }

        return null;
    }

    private static bool IsStandalone(byte marker) => marker is 0x01 or (>= 0xD0 and <= StartOfImage);

    // SOF0..SOF15 without DHT (C4), JPG (C8) and DAC (CC).
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static void CheckFrame(ReadOnlySpan<byte> segment, ImageLimits limits)
    {
        if (segment.Length < 8)
        {
            throw ImageException.Corrupt("JPEG", $"a frame header of {segment.Length} bytes");
        }

        limits.CheckSize(
            BinaryPrimitives.ReadUInt16BigEndian(segment[5..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
    }
}
