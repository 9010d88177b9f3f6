using System.Buffers.Binary;
using System.Numerics;

namespace Vlm.Core.Imaging;

/// <summary>Windows and OS/2 bitmaps. libvips has only the blocked ImageMagick for them.</summary>
internal static class BmpReader
{
    /// <exception cref="ImageException">The file is cut, damaged, unsupported or above a limit.</exception>
    internal static RgbImage Read(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        BmpHeader header = BmpHeader.Read(bytes, limits);
        if (header.PixelsAt < 0)
        {
            throw ImageException.Corrupt("BMP", $"pixels at byte {header.PixelsAt}");
        }

        bool isRunLength = header.Compression is BmpCompression.Rle8 or BmpCompression.Rle4;
        long plainBytes = isRunLength ? 0 : (long)header.Stride * header.Height;
        BmpHeader.Require(bytes, header.PixelsAt + plainBytes);
        ReadOnlySpan<byte> data = bytes[header.PixelsAt..];
        RgbImage image = RgbImage.Create(header.Width, header.Height);
        if (header.Bits <= 8)
        {
            ReadOnlySpan<byte> rows = isRunLength ? BmpRunLength.Decode(header, data) : data;
            ReadIndexed(header, ReadPalette(bytes, header), rows, image);
        }
        else
        {
            ReadColours(header, data, image);
        }

        return image;
    }

    private static Palette ReadPalette(ReadOnlySpan<byte> bytes, BmpHeader header)
    {
        int length = header.PaletteEntries * header.PaletteEntryBytes;
        BmpHeader.Require(bytes, header.PaletteAt + length);
        return Palette.FromBgr(bytes.Slice(header.PaletteAt, length), header.PaletteEntryBytes);
    }

    // Run lengths are unpacked to rows as they would be stored without them.
    private static void ReadIndexed(BmpHeader header, Palette palette, ReadOnlySpan<byte> data, RgbImage image)
    {
        byte[] indices = new byte[header.Width];
        int perByte = 8 / header.Bits;
        int mask = (1 << header.Bits) - 1;
        for (int row = 0; row < header.Height; row++)
        {
            ReadOnlySpan<byte> stored = data.Slice(row * header.Stride, header.Stride);
            for (int x = 0; x < indices.Length; x++)
            {
                int shift = 8 - header.Bits - (x % perByte * header.Bits);
                indices[x] = (byte)((stored[x / perByte] >> shift) & mask);
            }

            palette.Write(indices, image, 0, Row(header, row));
        }
    }

    private static void ReadColours(BmpHeader header, ReadOnlySpan<byte> data, RgbImage image)
    {
        int size = header.Bits / 8;
        Field red = new(header.Masks.Red), green = new(header.Masks.Green), blue = new(header.Masks.Blue);
        for (int row = 0; row < header.Height; row++)
        {
            ReadOnlySpan<byte> stored = data.Slice(row * header.Stride, header.Stride);
            Span<byte> target = image.Pixels.AsSpan(Row(header, row) * image.RowBytes, image.RowBytes);
            for (int x = 0; x < header.Width; x++)
            {
                uint pixel = Pixel(stored.Slice(x * size, size));
                target[x * 3] = red.Of(pixel);
                target[(x * 3) + 1] = green.Of(pixel);
                target[(x * 3) + 2] = blue.Of(pixel);
            }
        }
    }

    private static uint Pixel(ReadOnlySpan<byte> stored) => stored.Length switch
    {
        2 => BinaryPrimitives.ReadUInt16LittleEndian(stored),
        3 => (uint)(stored[0] | (stored[1] << 8) | (stored[2] << 16)),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(stored),
    };

    private static int Row(BmpHeader header, int stored) => header.IsTopDown ? stored : header.Height - 1 - stored;

    /// <summary>The bits of one colour in a pixel, as a byte: value * 255 / largest, as in Pillow.</summary>
    private readonly struct Field(uint mask)
    {
        private readonly int _shift = mask == 0 ? 0 : BitOperations.TrailingZeroCount(mask);
        private readonly uint _largest = mask == 0 ? byte.MaxValue : mask >> BitOperations.TrailingZeroCount(mask);

        internal byte Of(uint pixel)
        {
            uint value = (pixel & mask) >> _shift;
            return _largest == byte.MaxValue ? (byte)value : (byte)((ulong)value * byte.MaxValue / _largest);
        }
    }
}
