using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Vlm.Core.Imaging;

/// <summary>What the vision tower sees of one picture.</summary>
/// <param name="Size">Pixels per side.</param>
/// <param name="Data">[3, Size, Size] normalised colours.</param>
/// <param name="SourceWidth">Of the picture as sent, upright where EXIF is applied.</param>
/// <param name="SourceHeight">Of the picture as sent, upright where EXIF is applied.</param>
public sealed record PixelValues(int Size, float[] Data, int SourceWidth, int SourceHeight)
{
    private readonly Lazy<string> _contentKey = new(() => Hash(Data, Size));

    /// <summary>SHA-256 in lower-case hexadecimal over the little-endian floats and the size: equal for equal input of
    /// the vision tower, whatever file it came from.</summary>
    public string ContentKey => _contentKey.Value;

    private static string Hash(float[] data, int size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(data.AsSpan()));
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, size);
        hash.AppendData(number);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
