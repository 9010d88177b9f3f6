using System.Buffers.Binary;

namespace Vlm.Core.Imaging;

internal enum BmpCompression
{
    None = 0,
    Rle8 = 1,
    Rle4 = 2,
    BitFields = 3,
    AlphaBitFields = 6,
}

/// <summary>File and information header of a BMP: OS/2 1 (12 bytes), OS/2 2, and Windows versions 3 to 5.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Rows.</param>
/// <param name="IsTopDown">Rows are stored from above; the height was negative.</param>
/// <param name="Bits">Per pixel: 1, 4, 8, 16, 24 or 32.</param>
/// <param name="Compression">How rows are stored.</param>
/// <param name="PaletteAt">First byte of the palette.</param>
/// <param name="PaletteEntryBytes">3 for OS/2 1, else 4.</param>
/// <param name="PaletteEntries">0 above 8 bits.</param>
/// <param name="PixelsAt">First byte of the rows.</param>
/// <param name="Masks">Red, green and blue bits of a pixel of 16, 24 or 32 bits.</param>
internal sealed record BmpHeader(
    int Width, int Height, bool IsTopDown, int Bits, BmpCompression Compression, int PaletteAt, int PaletteEntryBytes,
    int PaletteEntries, int PixelsAt, (uint Red, uint Green, uint Blue) Masks)
{
    private const int FileBytes = 14;
    private const int Os2Bytes = 12;
    private const int InfoBytes = 40;
    private const int MasksBytes = 12;

    internal int Stride => (int)((((long)Width * Bits) + 31) / 32 * 4);

    /// <exception cref="ImageException">The header is cut, unsupported or above a limit.</exception>
    internal static BmpHeader Read(ReadOnlySpan<byte> bytes, ImageLimits limits)
    {
        int pixelsAt = Int(bytes, 10);
        int size = Int(bytes, FileBytes);
        if (size is not (Os2Bytes or InfoBytes or 52 or 56 or 64 or 108 or 124))
        {
            throw ImageException.NotAllowed("a BMP header of 12, 40, 52, 56, 64, 108 or 124 bytes", $"{size}");
        }

        Require(bytes, FileBytes + size);
        ReadOnlySpan<byte> info = bytes.Slice(FileBytes, size);
        bool isOs2 = size == Os2Bytes;
        long width = isOs2 ? Short(info, 4) : Int(info, 4);
        long height = isOs2 ? Short(info, 6) : Int(info, 8);
        limits.CheckSize(width, Math.Abs(height));
        int bits = Short(info, isOs2 ? 10 : 14);
        var compression = (BmpCompression)(isOs2 ? 0 : Int(info, 16));
        CheckStorage(bits, compression);
        bool hasMasks = compression is BmpCompression.BitFields or BmpCompression.AlphaBitFields;
        int paletteAt = FileBytes + size + (hasMasks && size == InfoBytes ? MasksBytes : 0);
        return new(
            (int)width, (int)Math.Abs(height), height < 0, bits, compression, paletteAt, isOs2 ? 3 : 4,
            Colours(bits, isOs2 ? 0 : Int(info, 32)), pixelsAt, hasMasks ? ReadMasks(bytes) : DefaultMasks(bits));
    }

    /// <exception cref="ImageException">Truncated.</exception>
    internal static void Require(ReadOnlySpan<byte> bytes, long length)
    {
        if (length < 0 || length > bytes.Length)
        {
            throw ImageException.Truncated("BMP", $"{bytes.Length} of {length} bytes");
        }
    }

    private static void CheckStorage(int bits, BmpCompression compression)
    {
        bool isKnown = compression switch
        {
            BmpCompression.None => bits is 1 or 4 or 8 or 16 or 24 or 32,
            BmpCompression.Rle8 => bits is 8,
            BmpCompression.Rle4 => bits is 4,
            BmpCompression.BitFields or BmpCompression.AlphaBitFields => bits is 16 or 24 or 32,
            _ => false,
        };
        if (!isKnown)
        {
            throw ImageException.NotAllowed(
                "a BMP of 1, 4, 8, 16, 24 or 32 bits, plain, run-length coded or with bit masks",
                $"{bits} bits with compression {(int)compression}");
        }
    }

    private static int Colours(int bits, int declared)
    {
        int all = bits <= 8 ? 1 << bits : 0;
        return declared > 0 && declared < all ? declared : all;
    }

    private static (uint Red, uint Green, uint Blue) ReadMasks(ReadOnlySpan<byte> bytes)
    {
        int at = FileBytes + InfoBytes;
        return ((uint)Int(bytes, at), (uint)Int(bytes, at + 4), (uint)Int(bytes, at + 8));
    }

    private static (uint Red, uint Green, uint Blue) DefaultMasks(int bits) =>
        bits == 16 ? (0x7C00u, 0x03E0u, 0x001Fu) : (0xFF0000u, 0xFF00u, 0xFFu);

    private static int Int(ReadOnlySpan<byte> bytes, int at)
    {
        Require(bytes, at + 4);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
    }

    private static int Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
}
