using System.Collections.Frozen;
using System.Text.Json;

namespace Vlm.Api.Requests;

/// <summary>Single JSON values to .NET values, with faults in words.</summary>
internal static class JsonScalars
{
    private const int MaxQuoted = 40;

    private delegate string? Reader(JsonElement value, out object? read);

    private static readonly FrozenDictionary<Type, Reader> Readers = new Dictionary<Type, Reader>
    {
        [typeof(string)] = ReadText,
        [typeof(bool)] = ReadBool,
        [typeof(int)] = ReadInt,
        [typeof(ulong)] = ReadUnsigned,
        [typeof(double)] = ReadDouble,
        [typeof(JsonElement)] = ReadAny,
    }.ToFrozenDictionary();

    /// <summary>Whether values of this type are single JSON values.</summary>
    public static bool IsScalar(Type type) => type.IsEnum || Readers.ContainsKey(type);

    /// <summary>Reads a value of a scalar type.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Read(JsonElement value, Type type, out object? read) =>
        type.IsEnum ? ReadName(value, type, out read) : Readers[type](value, out read);

    /// <summary>The value in words; long text and nested values by their kind only.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Text(value, out string? text) && text!.Length <= MaxQuoted ? $"'{text}'" : "a string",
        JsonValueKind.Number => Short(value.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };

    /// <summary>The text of a string value; false when it is no valid Unicode.</summary>
    public static bool Text(JsonElement value, out string? text)
    {
        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    /// <summary>The name of a field; false when it is no valid Unicode.</summary>
    public static bool Name(JsonProperty field, out string name)
    {
        try
        {
            name = field.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "?";
            return false;
        }
    }

    /// <summary>The text, cut where it gets too long to be quoted.</summary>
    public static string Short(string text) => text.Length <= 2 * MaxQuoted ? text : text[..(2 * MaxQuoted)] + "...";

    private static string? ReadText(JsonElement value, out object? read)
    {
        read = null;
        if (value.ValueKind != JsonValueKind.String)
        {
            return $"expected a string, found {Describe(value)}.";
        }

        bool sound = Text(value, out string? text);
        read = text;
        return sound ? null : "expected valid Unicode text.";
    }

    private static string? ReadBool(JsonElement value, out object? read)
    {
        bool sound = value.ValueKind is JsonValueKind.True or JsonValueKind.False;
        read = sound ? value.GetBoolean() : null;
        return sound ? null : $"expected true or false, found {Describe(value)}.";
    }

    private static string? ReadInt(JsonElement value, out object? read)
    {
        bool sound = IsWhole(value, out decimal number) && number is >= int.MinValue and <= int.MaxValue;
        read = sound ? (int)number : null;
        return sound ? null : $"expected a whole number of 32 bits, found {Describe(value)}.";
    }

    private static string? ReadUnsigned(JsonElement value, out object? read)
    {
        bool sound = IsWhole(value, out decimal number) && number is >= long.MinValue and <= ulong.MaxValue;
        read = !sound ? null : number < 0 ? unchecked((ulong)(long)number) : (ulong)number;
        return sound ? null : $"expected a whole number from {long.MinValue} to {ulong.MaxValue}, found {Describe(value)}.";
    }

    // JSON Schema's integers: 2.0 and 2e0 are some.
    private static bool IsWhole(JsonElement value, out decimal number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out number) && decimal.IsInteger(number);
    }

    private static string? ReadAny(JsonElement value, out object? read)
    {
        read = value.Clone();
        return null;
    }

    private static string? ReadDouble(JsonElement value, out object? read)
    {
        double number = 0;
        bool sound = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && double.IsFinite(number);
        read = sound ? number : null;
        return sound ? null : $"expected a finite number, found {Describe(value)}.";
    }

    private static string? ReadName(JsonElement value, Type type, out object? read)
    {
        string[] names = [.. Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
        int index = value.ValueKind == JsonValueKind.String && Text(value, out string? text) ? Array.IndexOf(names, text) : -1;
        read = index < 0 ? null : Enum.GetValues(type).GetValue(index);
        return index < 0 ? $"expected one of {string.Join(", ", names)}, found {Describe(value)}." : null;
    }
}
