using System.Text.Json;

namespace Vlm.Core.Weights;

/// <summary>One tensor as the header spells it, not checked yet.</summary>
internal sealed record RawEntry(string DType, long[] Shape, long Begin, long End);

/// <summary>Walks the JSON of a safetensors header token by token, since object models hide duplicate keys.</summary>
internal ref struct SafetensorsEntryReader(ReadOnlySpan<byte> json, string file)
{
    private Utf8JsonReader _reader = new(json);

    /// <summary>Reads the whole text into the two dictionaries.</summary>
    public void ReadObject(
        string metadataKey, Dictionary<string, string> metadata, Dictionary<string, RawEntry> entries)
    {
        _reader.Read();
        bool hasMetadata = false;
        while (Next() == JsonTokenType.PropertyName)
        {
            string name = _reader.GetString()!;
            Next();
            bool isMetadata = name == metadataKey;
            if (isMetadata ? hasMetadata : entries.ContainsKey(name))
            {
                throw Error(SafetensorsError.DuplicateName, name, "each name once", "it again");
            }

            if (isMetadata)
            {
                hasMetadata = true;
                ReadMetadata(metadata);
            }
            else
            {
                entries.Add(name, ReadEntry(name));
            }
        }

        _reader.Read(); // Refuses anything but white space after the object.
    }

    private void ReadMetadata(Dictionary<string, string> metadata)
    {
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            throw Error(
                SafetensorsError.MetadataNotString, "__metadata__", "an object of strings", $"{_reader.TokenType}");
        }

        while (Next() == JsonTokenType.PropertyName)
        {
            string key = _reader.GetString()!;
            if (Next() != JsonTokenType.String)
            {
                throw Error(
                    SafetensorsError.MetadataNotString, $"__metadata__.{key}", "a string", $"{_reader.TokenType}");
            }

            if (!metadata.TryAdd(key, _reader.GetString()!))
            {
                throw Error(SafetensorsError.DuplicateName, $"__metadata__.{key}", "each key once", "it again");
            }
        }
    }

    private RawEntry ReadEntry(string name)
    {
        Expect(JsonTokenType.StartObject, name, "an object");
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (Next() == JsonTokenType.PropertyName)
        {
            string key = _reader.GetString()!;
            bool isRepeated = (key == "dtype" && dtype is not null)
                || (key == "shape" && shape is not null) || (key == "data_offsets" && offsets is not null);
            if (isRepeated)
            {
                throw Error(SafetensorsError.DuplicateName, $"{name}.{key}", "each key once", "it again");
            }

            Next();
            switch (key)
            {
                case "dtype":
                    Expect(JsonTokenType.String, $"{name}.dtype", "a string");
                    dtype = _reader.GetString()!;
                    break;
                case "shape":
                    shape = ReadIntegers($"{name}.shape");
                    break;
                case "data_offsets":
                    offsets = ReadOffsets($"{name}.data_offsets");
                    break;
                default:
                    _reader.Skip(); // The reference reader ignores further keys.
                    break;
            }
        }

        if (dtype is null || shape is null || offsets is null)
        {
            string missing = dtype is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Error(SafetensorsError.InvalidEntry, name, missing, "none");
        }

        return new RawEntry(dtype, shape, offsets[0], offsets[1]);
    }

    private long[] ReadOffsets(string subject)
    {
        long[] offsets = ReadIntegers(subject);
        return offsets.Length == 2 && offsets[0] >= 0 && offsets[1] >= 0
            ? offsets
            : throw Error(
                SafetensorsError.InvalidEntry, subject, "two integers of 0 or more", TensorShape.Text(offsets));
    }

    private long[] ReadIntegers(string subject)
    {
        Expect(JsonTokenType.StartArray, subject, "an array of integers");
        List<long> values = [];
        while (Next() != JsonTokenType.EndArray)
        {
            Expect(JsonTokenType.Number, subject, "integers");
            values.Add(_reader.TryGetInt64(out long value)
                ? value
                : throw Error(SafetensorsError.InvalidEntry, subject, "integers below 2^63", "another number"));
        }

        return [.. values];
    }

    private JsonTokenType Next()
    {
        _reader.Read();
        return _reader.TokenType;
    }

    private readonly void Expect(JsonTokenType type, string subject, string expected)
    {
        if (_reader.TokenType != type)
        {
            throw Error(SafetensorsError.InvalidEntry, subject, expected, $"{_reader.TokenType}");
        }
    }

    private readonly InvalidDataException Error(
        SafetensorsError reason, string subject, string expected, string found) =>
        SafetensorsErrors.Create(reason, subject, expected, found, file);
}
