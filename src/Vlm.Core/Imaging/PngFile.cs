using System.Buffers.Binary;

namespace Vlm.Core.Imaging;

/// <summary>The chunks of a PNG file, checked before libvips sees them (W3C PNG, third edition, 5 and 11).</summary>
internal static class PngFile
{
    private const int HeaderBytes = 13;
    private const int ChunkOverhead = 12;
    private const int MinimumBytes = 33;
    private const byte GreyColour = 0;
    private const byte WideSample = 16;

    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Checks size, lengths and checksums, and drops the chunks that pixels do not depend on: compressed texts
    /// and profiles can unfold to gigabytes.</summary>
    /// <exception cref="ImageException">ZeroSize, TooManyPixels, Truncated or Corrupt.</exception>
    internal static (byte[] Bytes, bool IsWideGrey) Check(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        if (bytes.Length < MinimumBytes)
        {
            throw ImageException.Truncated("PNG", $"an end inside its header at {bytes.Length} bytes");
        }

        ReadOnlySpan<byte> header = bytes[Signature.Length..];
        if (BinaryPrimitives.ReadUInt32BigEndian(header) != HeaderBytes || !header[4..].StartsWith("IHDR"u8))
        {
            throw ImageException.Corrupt("PNG", "another chunk than IHDR first");
        }

        limits.CheckSize(
            BinaryPrimitives.ReadUInt32BigEndian(header[8..]), BinaryPrimitives.ReadUInt32BigEndian(header[12..]));
        return (KeepPixels(bytes), header[16] == WideSample && header[17] == GreyColour);
    }

    // The orientation chunk may stand behind the pixels, where libvips would not see it: it goes in front of them.
    private static byte[] KeepPixels(ReadOnlySpan<byte> bytes)
    {
        List<Range> front = [], rest = [];
        for (int at = Signature.Length, end; ; at = end)
        {
            ReadOnlySpan<byte> chunk = Chunk(bytes, at);
            ReadOnlySpan<byte> name = chunk.Slice(4, 4);
            end = at + chunk.Length;
            if (IsKept(name))
            {
                CheckSum(chunk);
                (name.SequenceEqual("IHDR"u8) || name.SequenceEqual("eXIf"u8) ? front : rest).Add(at..end);
            }

            if (name.SequenceEqual("IEND"u8))
            {
                return Join(bytes, [0..Signature.Length, .. front, .. rest]);
            }
        }
    }

    private static byte[] Join(ReadOnlySpan<byte> bytes, List<Range> parts)
    {
        byte[] joined = new byte[parts.Sum(part => part.End.Value - part.Start.Value)];
        Span<byte> rest = joined;
        foreach (Range part in parts)
        {
            bytes[part].CopyTo(rest);
            rest = rest[(part.End.Value - part.Start.Value)..];
        }

        return joined;
    }

    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> bytes, int at)
    {
        long length = bytes.Length - at < ChunkOverhead
            ? long.MaxValue
            : BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) + (long)ChunkOverhead;
        return length <= bytes.Length - at
            ? bytes.Slice(at, (int)length)
            : throw ImageException.Truncated("PNG", $"an end inside the chunk at byte {at}");
    }

    private static bool IsKept(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("IHDR"u8) || name.SequenceEqual("PLTE"u8) || name.SequenceEqual("tRNS"u8) ||
        name.SequenceEqual("IDAT"u8) || name.SequenceEqual("IEND"u8) || name.SequenceEqual("eXIf"u8);

    private static void CheckSum(ReadOnlySpan<byte> chunk)
    {
        if (Crc32.Compute(chunk[4..^4]) != BinaryPrimitives.ReadUInt32BigEndian(chunk[^4..]))
        {
            throw ImageException.Corrupt(
                "PNG", $"a wrong checksum in chunk {System.Text.Encoding.Latin1.GetString(chunk.Slice(4, 4))}");
        }
    }
}
