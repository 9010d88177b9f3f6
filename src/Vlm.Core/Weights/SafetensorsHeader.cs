using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Vlm.Core.Weights;

/// <summary>The header of a safetensors file, every rule of llava.md 10.4 checked; needs no libtorch.</summary>
public sealed class SafetensorsHeader
{
    /// <summary>Longest header that the format allows, in bytes.</summary>
    public const long MaxLength = 100_000_000;

    internal const int LengthBytes = 8;
    private const string MetadataKey = "__metadata__";

    private SafetensorsHeader(
        IReadOnlyDictionary<string, TensorEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        Entries = entries;
        Metadata = metadata;
    }

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <summary>The optional <c>__metadata__</c> object; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Length of the JSON text from the first 8 bytes of a file.</summary>
    /// <param name="start">At least the first 8 bytes, or the whole file when it is shorter.</param>
    /// <param name="fileLength">Length of the file in bytes.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="InvalidDataException">Too small, too large, or longer than the file.</exception>
    public static int ReadLength(ReadOnlySpan<byte> start, long fileLength, string file)
    {
        if (start.Length < LengthBytes)
        {
            throw SafetensorsErrors.Create(
                SafetensorsError.HeaderTooSmall, "", $"at least {LengthBytes} bytes", $"{fileLength}", file);
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > MaxLength)
        {
            throw SafetensorsErrors.Create(
                SafetensorsError.HeaderTooLarge, "", $"at most {MaxLength} bytes", $"{length}", file);
        }

        if ((long)length > fileLength - LengthBytes)
        {
            throw SafetensorsErrors.Create(
                SafetensorsError.InvalidHeaderLength,
                "",
                $"at most {fileLength - LengthBytes} bytes",
                $"{length}",
                file);
        }

        return (int)length;
    }

    /// <summary>Parses the JSON text and checks it against the length of the file.</summary>
    /// <param name="json">The header's bytes, with its padding.</param>
    /// <param name="fileLength">Length of the file in bytes.</param>
    /// <param name="file">Name for messages.</param>
    /// <exception cref="InvalidDataException">A rule is broken; its reason says which.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long fileLength, string file)
    {
        CheckText(json, file);
        var reader = new SafetensorsEntryReader(json, file);
        Dictionary<string, string> metadata = [];
        Dictionary<string, RawEntry> raw = [];
        try
        {
            reader.ReadObject(MetadataKey, metadata, raw);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half surrogate, which the reader finds late.
            throw SafetensorsErrors.Create(SafetensorsError.InvalidJson, "", "one JSON object", error.Message, file);
        }

        long dataStart = LengthBytes + json.Length;
        Dictionary<string, TensorEntry> entries = [];
        foreach (var (name, entry) in raw)
        {
            entries.Add(name, Check(name, entry, dataStart, file));
        }

        CheckCoverage(entries.Values, dataStart, fileLength, file);
        return new SafetensorsHeader(entries, metadata);
    }

    private static void CheckText(ReadOnlySpan<byte> json, string file)
    {
        if (!Utf8.IsValid(json))
        {
            throw SafetensorsErrors.Create(SafetensorsError.InvalidUtf8, "", "a header in UTF-8", "other bytes", file);
        }

        if (json.IsEmpty || json[0] != (byte)'{')
        {
            string found = json.IsEmpty ? "nothing" : $"byte 0x{json[0]:x2}";
            throw SafetensorsErrors.Create(SafetensorsError.InvalidStart, "", "{", found, file);
        }
    }

    private static TensorEntry Check(string name, RawEntry raw, long dataStart, string file)
    {
        if (!TensorDTypes.TryParse(raw.DType, out TensorDType dtype))
        {
            throw SafetensorsErrors.Create(
                SafetensorsError.UnknownDType, name, "a dtype of the format", raw.DType, file);
        }

        foreach (long dimension in raw.Shape)
        {
            if (dimension < 0)
            {
                throw SafetensorsErrors.Create(
                    SafetensorsError.NegativeDimension, name, "0 or more", Text(dimension), file);
            }
        }

        if (raw.Begin > raw.End)
        {
            throw SafetensorsErrors.Create(
                SafetensorsError.BeginAfterEnd, name, $"at most {raw.End}", Text(raw.Begin), file);
        }

        long length = Length(name, dtype, raw.Shape, file);
        if (length != raw.End - raw.Begin)
        {
            string expected = $"{length} bytes for {dtype.Name()} {TensorShape.Text(raw.Shape)}";
            throw SafetensorsErrors.Create(
                SafetensorsError.SizeMismatch, name, expected, Text(raw.End - raw.Begin), file);
        }

        return new TensorEntry(name, dtype, raw.Shape, dataStart + raw.Begin, length);
    }

    private static long Length(string name, TensorDType dtype, long[] shape, string file)
    {
        long bits;
        try
        {
            bits = checked(TensorShape.Count(shape) * dtype.Bits());
        }
        catch (OverflowException)
        {
            throw SafetensorsErrors.Create(
                SafetensorsError.SizeOverflow, name, "fewer than 2^63 bits", TensorShape.Text(shape), file);
        }

        return bits % 8 == 0
            ? bits / 8
            : throw SafetensorsErrors.Create(
                SafetensorsError.MisalignedSubByte, name, "a multiple of 8 bits", Text(bits), file);
    }

    private static void CheckCoverage(IEnumerable<TensorEntry> entries, long dataStart, long fileLength, string file)
    {
        long end = dataStart;
        foreach (TensorEntry entry in entries.OrderBy(e => e.Offset).ThenBy(e => e.Length))
        {
            if (entry.Offset != end)
            {
                var reason = entry.Offset < end ? SafetensorsError.OffsetsOverlap : SafetensorsError.OffsetsGap;
                throw SafetensorsErrors.Create(
                    reason, entry.Name, $"begin {end - dataStart}", Text(entry.Offset - dataStart), file);
            }

            if (entry.Length > fileLength - entry.Offset)
            {
                string expected = $"{entry.Length} bytes from {entry.Offset - dataStart}";
                throw SafetensorsErrors.Create(
                    SafetensorsError.Truncated, entry.Name, expected, Text(fileLength - entry.Offset), file);
            }

            end += entry.Length;
        }

        if (end != fileLength)
        {
            string expected = $"{end - dataStart} bytes of data";
            throw SafetensorsErrors.Create(
                SafetensorsError.TrailingBytes, "", expected, Text(fileLength - dataStart), file);
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
