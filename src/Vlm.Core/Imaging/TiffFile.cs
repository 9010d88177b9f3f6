using System.Buffers.Binary;

namespace Vlm.Core.Imaging;

/// <summary>The directories of a TIFF or BigTIFF (TIFF 6.0, section 2), checked before libvips sees them.</summary>
internal readonly ref struct TiffFile
{
    private const int Width = 256;
    private const int Height = 257;
    private const int StripOffsets = 273;
    private const int StripByteCounts = 279;
    private const int TileWidth = 322;
    private const int TileLength = 323;
    private const int TileOffsets = 324;
    private const int TileByteCounts = 325;
    private const int ExtraSamples = 338;
    private const int AssociatedAlpha = 1;
    private const int BigMagic = 43;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isLittle;
    private readonly bool _isBig;

    private TiffFile(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _isLittle = bytes[0] == 'I';
        _isBig = Number(2, 2) == BigMagic;
    }

    private int PointerBytes => _isBig ? 8 : 4;

    private int CountBytes => _isBig ? 8 : 2;

    private int EntryBytes => _isBig ? 20 : 12;

    /// <returns>Whether colours were multiplied by alpha.</returns>
    /// <exception cref="ImageException">ZeroSize, TooManyPixels, TooManyFrames or Truncated.</exception>
    internal static bool Check(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        TiffFile file = new(bytes);
        long first = file.Number(file._isBig ? 8 : 4, file.PointerBytes);
        file.CheckPages(first, limits);
        limits.CheckSize(file.Value(first, Width) ?? 0, file.Value(first, Height) ?? 0);
        if (file.Value(first, TileWidth) is { } tileWidth)
        {
            limits.CheckSize(tileWidth, file.Value(first, TileLength) ?? 0);
        }

        file.CheckData(first, StripOffsets, StripByteCounts);
        file.CheckData(first, TileOffsets, TileByteCounts);
        return file.Value(first, ExtraSamples) == AssociatedAlpha;
    }

    private void CheckPages(long directory, ImageLimits limits)
    {
        for (int pages = 1; directory != 0; pages++)
        {
            limits.CheckFrames(pages);
            long entries = Number(directory, CountBytes);
            directory = Number(directory + CountBytes + (entries * EntryBytes), PointerBytes);
        }
    }

    private void CheckData(long directory, int offsetsTag, int countsTag)
    {
        (long at, int size, long count) = Field(directory, offsetsTag);
        (long countAt, int countSize, long counts) = Field(directory, countsTag);
        for (long i = 0; i < Math.Min(count, counts); i++)
        {
            long end = unchecked(Number(at + (i * size), size) + Number(countAt + (i * countSize), countSize));
            if (end < 0 || end > _bytes.Length)
            {
                throw ImageException.Truncated("TIFF", $"{_bytes.Length} bytes where its data ends at {(ulong)end}");
            }
        }
    }

    private long? Value(long directory, int tag)
    {
        (long at, int size, long count) = Field(directory, tag);
        return count > 0 ? Number(at, size) : null;
    }

    // Place, size of one value and number of values; no values where the tag is absent or is not made of integers.
    private (long At, int Size, long Count) Field(long directory, int tag)
    {
        long entries = Number(directory, CountBytes);
        for (long i = 0; i < entries; i++)
        {
            long entry = directory + CountBytes + (i * EntryBytes);
            if (Number(entry, 2) == tag)
            {
                return Field(entry);
            }
        }

        return default;
    }

    private (long At, int Size, long Count) Field(long entry)
    {
        int size = Number(entry + 2, 2) switch { 1 => 1, 3 => 2, 4 => 4, 16 => 8, _ => 0 };
        long count = size == 0 ? 0 : Number(entry + 4, PointerBytes);
        long value = entry + 4 + PointerBytes;
        return (count <= PointerBytes / Math.Max(size, 1) ? value : Number(value, PointerBytes), size, count);
    }

    private long Number(long at, int size)
    {
        if (at < 0 || at > _bytes.Length - size)
        {
            throw ImageException.Truncated("TIFF", $"{_bytes.Length} bytes where byte {at} is needed");
        }

        ReadOnlySpan<byte> number = _bytes.Slice((int)at, size);
        return size switch
        {
            1 => number[0],
            2 when _isLittle => BinaryPrimitives.ReadUInt16LittleEndian(number),
            2 => BinaryPrimitives.ReadUInt16BigEndian(number),
            4 when _isLittle => BinaryPrimitives.ReadUInt32LittleEndian(number),
            4 => BinaryPrimitives.ReadUInt32BigEndian(number),
            _ when _isLittle => BinaryPrimitives.ReadInt64LittleEndian(number),
            _ => BinaryPrimitives.ReadInt64BigEndian(number),
        };
    }
}
