using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Vlm.Core.Imaging;

namespace Vlm.Core.Tests.Imaging;

/// <summary>Writes small PNG, TIFF, BMP and GIF files, so that tests can ask for any odd variant.</summary>
internal static class ImageBuilders
{
    internal static byte[] Png(int width, int height, int depth, int colourType, byte[] rows, params byte[][] extra)
    {
        byte[] header = [.. Big((uint)width), .. Big((uint)height), (byte)depth, (byte)colourType, 0, 0, 0];
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        return
        [
            .. PngFile.Signature, .. PngChunk("IHDR", header), .. extra.SelectMany(chunk => chunk),
            .. PngChunk("IDAT", packed.ToArray()), .. PngChunk("IEND", []),
        ];
    }

    internal static byte[] PngChunk(string name, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. data];
        return [.. Big((uint)data.Length), .. named, .. Big(Crc32.Compute(named))];
    }

    /// <summary>A big-endian TIFF body with the orientation only, as EXIF holds it.</summary>
    internal static byte[] Exif(int orientation) =>
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];

    internal static byte[] JpegWithExif(byte[] jpeg, int orientation)
    {
        byte[] body = [.. "Exif\0\0"u8, .. Exif(orientation)];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(body.Length + 2), .. body, .. jpeg[2..]];
    }

    /// <summary>Little-endian, one strip, uncompressed; numbers have 16 bits where they fit, else 32.</summary>
    internal static byte[] Tiff(int width, int height, byte[] data, params (int Tag, int[] Values)[] tags)
    {
        const int header = 8;
        SortedDictionary<int, int[]> all = new(tags.ToDictionary(tag => tag.Tag, tag => tag.Values))
        {
            [256] = [width],
            [257] = [height],
            [273] = [header],
            [278] = [height],
            [279] = [data.Length],
        };
        byte[] padded = data.Length % 2 == 0 ? data : [.. data, 0];
        int directory = header + padded.Length;
        int spill = directory + 2 + (all.Count * 12) + 4;
        List<byte> entries = [], far = [];
        foreach ((int tag, int[] values) in all)
        {
            bool isLong = values.Any(value => value > ushort.MaxValue);
            byte[] numbers = [.. values.SelectMany(value => isLong ? Little32(value) : Little16(value))];
            entries.AddRange([.. Little16(tag), .. Little16(isLong ? 4 : 3), .. Little32(values.Length)]);
            bool isNear = numbers.Length <= 4;
            entries.AddRange(isNear ? [.. numbers, .. new byte[4 - numbers.Length]] : Little32(spill + far.Count));
            far.AddRange(isNear ? [] : numbers);
        }

        return
        [
            .. "II*\0"u8, .. Little32(directory), .. padded, .. Little16(all.Count), .. entries, .. Little32(0), .. far,
        ];
    }

    /// <summary>A 40-byte header, then masks or palette, then the rows as given.</summary>
    internal static byte[] Bmp(int width, int height, int bits, int compression, byte[] between, byte[] rows)
    {
        int pixelsAt = 54 + between.Length;
        return
        [
            .. "BM"u8, .. Little32(pixelsAt + rows.Length), .. Little32(0), .. Little32(pixelsAt), .. Little32(40),
            .. Little32(width), .. Little32(height), .. Little16(1), .. Little16(bits), .. Little32(compression),
            .. Little32(rows.Length), .. new byte[16], .. between, .. rows,
        ];
    }

    /// <summary>A palette of 4 colours (10i, 20i, 30i) and one or more frames.</summary>
    internal static byte[] Gif(int width, int height, params byte[][] blocks)
    {
        byte[] palette = [0, 0, 0, 10, 20, 30, 20, 40, 60, 30, 60, 90];
        return
        [
            .. "GIF89a"u8, .. Little16(width), .. Little16(height), 0x81, 0, 0, .. palette,
            .. blocks.SelectMany(block => block), 0x3B,
        ];
    }

    internal static byte[] GifTransparency(int index) => [0x21, 0xF9, 4, 1, 0, 0, (byte)index, 0];

    /// <summary>Indices 0..3 as codes of 3 bits; a clear code before each second pixel keeps the width.</summary>
    internal static byte[] GifFrame(int left, int top, int width, int height, byte[] indices, bool isInterlaced = false)
    {
        List<byte> packed = [];
        int held = 0, bits = 0;
        foreach (int code in indices.SelectMany((index, i) => i % 2 == 0 ? new int[] { 4, index } : [index]).Append(5))
        {
            held |= code << bits;
            for (bits += 3; bits >= 8; bits -= 8, held >>= 8)
            {
                packed.Add((byte)held);
            }
        }

        packed.Add((byte)held);
        return
        [
            0x2C, .. Little16(left), .. Little16(top), .. Little16(width), .. Little16(height),
            (byte)(isInterlaced ? 0x40 : 0), 2, .. GifBlocks([.. packed]),
        ];
    }

    internal static byte[] GifBlocks(byte[] packed) =>
        [.. packed.Chunk(255).SelectMany(part => (byte[])[(byte)part.Length, .. part]), 0];

    internal static byte[] Little16(int value) => [(byte)value, (byte)(value >> 8)];

    internal static byte[] Little32(int value) => [.. Little16(value), .. Little16(value >> 16)];

    private static byte[] Big(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }
}
