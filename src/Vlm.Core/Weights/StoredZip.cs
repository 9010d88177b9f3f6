using System.Buffers.Binary;
using System.Text;

namespace Vlm.Core.Weights;

/// <summary>
/// Places of the stored (uncompressed) entries of a mapped zip archive, zip64 included. The framework's reader hides
/// the places, which
/// mapping needs.
/// </summary>
internal static class StoredZip
{
    private const uint EndSignature = 0x06054b50;
    private const uint Locator64Signature = 0x07064b50;
    private const uint End64Signature = 0x06064b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndLength = 22;
    private const int CentralLength = 46;
    private const int LocalLength = 30;
    private const int EncryptedFlag = 1;
    private const ushort Zip64Extra = 1;

    /// <summary>Offset and length of each entry's bytes.</summary>
    /// <exception cref="InvalidDataException">No zip, cut off, contradictory, compressed or encrypted.</exception>
    public static Dictionary<string, (long Offset, long Length)> Read(MappedFile file)
    {
        var (count, offset) = FindDirectory(file);
        Dictionary<string, (long, long)> entries = [];
        for (long i = 0; i < count; i++)
        {
            var header = Span(file, offset, CentralLength);
            Expect(U32(header, 0) == CentralSignature, file, "a directory entry", offset);
            int nameLength = U16(header, 28);
            int extraLength = U16(header, 30);
            string name = Encoding.UTF8.GetString(Span(file, offset + CentralLength, nameLength));
            CheckStored(file, name, header);
            var place = Place(file, header, Span(file, offset + CentralLength + nameLength, extraLength), name);
            Expect(entries.TryAdd(name, place), file, $"{name} once", offset);
            offset += CentralLength + nameLength + extraLength + U16(header, 32);
        }

        return entries;
    }

    private static (long Count, long Offset) FindDirectory(MappedFile file)
    {
        long first = Math.Max(0, file.Length - EndLength - ushort.MaxValue);
        for (long at = file.Length - EndLength; at >= first; at--)
        {
            var end = file.Span(at, EndLength);
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) != EndSignature)
            {
                continue;
            }

            bool isLarge = U16(end, 10) == ushort.MaxValue || U32(end, 16) == uint.MaxValue
                || U32(end, 12) == uint.MaxValue;
            return isLarge ? FindDirectory64(file, at) : (U16(end, 10), U32(end, 16));
        }

        throw TorchPickleErrors.Refuse(
            TorchPickleError.NotZip, file.Name, "the zip format of PyTorch 1.6 and later", "no zip directory",
            file.Path);
    }

    private static (long Count, long Offset) FindDirectory64(MappedFile file, long end)
    {
        const int locatorLength = 20;
        var locator = Span(file, end - locatorLength, locatorLength);
        Expect(U32(locator, 0) == Locator64Signature, file, "a zip64 locator", end - locatorLength);
        long at = I64(locator, 8);
        var record = Span(file, at, 56);
        Expect(U32(record, 0) == End64Signature, file, "a zip64 directory end", at);
        long count = I64(record, 32);
        Expect(count >= 0 && count <= file.Length / CentralLength, file, "a possible number of entries", at);
        return (count, I64(record, 48));
    }

    private static void CheckStored(MappedFile file, string name, ReadOnlySpan<byte> header)
    {
        bool isStored = U16(header, 10) == 0 && (U16(header, 8) & EncryptedFlag) == 0;
        if (!isStored)
        {
            throw TorchPickleErrors.Refuse(
                TorchPickleError.CompressedEntry, name, "a stored entry (method 0)", $"method {U16(header, 10)}",
                file.Path);
        }
    }

    private static (long Offset, long Length) Place(
        MappedFile file, ReadOnlySpan<byte> header, ReadOnlySpan<byte> extra, string name)
    {
        long packed = U32(header, 20);
        long length = U32(header, 24);
        long local = U32(header, 42);
        ReadExtra(extra, ref length, ref packed, ref local);
        Expect(packed == length, file, $"equal packed and plain length of {name}", local);
        var localHeader = Span(file, local, LocalLength);
        Expect(U32(localHeader, 0) == LocalSignature, file, $"the header of {name}", local);
        long offset = local + LocalLength + U16(localHeader, 26) + U16(localHeader, 28);
        bool fits = length >= 0 && offset <= file.Length && length <= file.Length - offset;
        Expect(fits, file, $"the {length} bytes of {name}", offset);
        return (offset, length);
    }

    // Fields of the zip64 extra stand in this order, each only if the 32-bit field is full.
    private static void ReadExtra(ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long local)
    {
        while (extra.Length >= 4)
        {
            int size = U16(extra, 2);
            var body = extra[4..Math.Min(extra.Length, 4 + size)];
            if (U16(extra, 0) == Zip64Extra)
            {
                Take(ref body, ref length);
                Take(ref body, ref packed);
                Take(ref body, ref local);
                return;
            }

            extra = extra[Math.Min(extra.Length, 4 + size)..];
        }

        static void Take(ref ReadOnlySpan<byte> body, ref long value)
        {
            if (value == uint.MaxValue && body.Length >= 8)
            {
                value = I64(body, 0);
                body = body[8..];
            }
        }
    }

    private static ReadOnlySpan<byte> Span(MappedFile file, long offset, int length)
    {
        bool fits = offset >= 0 && offset <= file.Length && length <= file.Length - offset;
        Expect(fits, file, $"{length} more bytes", offset);
        return file.Span(offset, length);
    }

    private static void Expect(bool holds, MappedFile file, string expected, long offset)
    {
        if (!holds)
        {
            throw TorchPickleErrors.Refuse(
                TorchPickleError.CorruptZip, file.Name, expected, $"otherwise at byte {offset}", file.Path);
        }
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
