using System.Buffers.Binary;
using System.IO.Compression;

namespace Vlm.Core.Imaging;

/// <summary>Pixels to PNG (ISO 15948): 8 bits per channel, no palette, every row as differences to its left pixel.</summary>
public static class PngWriter
{
    private const byte SubFilter = 1;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The whole file of a picture.</summary>
    public static byte[] Write(RgbImage image) => Write(image.Width, image.Pixels, RgbImage.Channels);

    /// <summary>The whole file.</summary>
    /// <param name="width">Pixels per row.</param>
    /// <param name="pixels">Row-major, channels interleaved.</param>
    /// <param name="channels">3 for RGB, 4 for RGB and alpha.</param>
    public static byte[] Write(int width, ReadOnlySpan<byte> pixels, int channels)
    {
        int stride = width * channels;
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), pixels.Length / stride);
        header[8] = 8; // bits
        header[9] = (byte)(channels == 4 ? 6 : 2); // colour type

        using MemoryStream file = new();
        file.Write(Signature);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, Compressed(pixels, stride, channels));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Compressed(ReadOnlySpan<byte> pixels, int stride, int channels)
    {
        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.SmallestSize))
        {
            byte[] line = new byte[stride];
            for (; !pixels.IsEmpty; pixels = pixels[stride..])
            {
                for (int i = 0; i < stride; i++)
                {
                    line[i] = (byte)(pixels[i] - (i < channels ? 0 : pixels[i - channels]));
                }

                zlib.WriteByte(SubFilter);
                zlib.Write(line);
            }
        }

        return packed.ToArray();
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        byte[] chunk = new byte[type.Length + data.Length];
        type.CopyTo(chunk);
        data.CopyTo(chunk.AsSpan(type.Length));
        Span<byte> number = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.Compute(chunk));
        file.Write(number);
    }
}
