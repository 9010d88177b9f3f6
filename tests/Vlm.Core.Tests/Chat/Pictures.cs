using System.Buffers.Binary;

namespace Vlm.Core.Tests.Chat;

/// <summary>Small picture files made in memory.</summary>
internal static class Pictures
{
    private const int HeaderBytes = 54;

    /// <summary>An uncompressed 24-bit BMP of noise; the same seed gives the same file.</summary>
    public static byte[] Bmp(int width, int height, int seed)
    {
        var rowBytes = ((3 * width) + 3) / 4 * 4;
        var file = new byte[HeaderBytes + (rowBytes * height)];
        new Random(seed).NextBytes(file.AsSpan(HeaderBytes));
        var header = file.AsSpan();
        "BM"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[2..], file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header[10..], HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header[14..], 40);
        BinaryPrimitives.WriteInt32LittleEndian(header[18..], width);
        BinaryPrimitives.WriteInt32LittleEndian(header[22..], height);
        BinaryPrimitives.WriteInt16LittleEndian(header[26..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(header[28..], 24);
        BinaryPrimitives.WriteInt32LittleEndian(header[34..], file.Length - HeaderBytes);
        return file;
    }
}
