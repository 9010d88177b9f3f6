using System.Text.Json;

namespace Vlm.Eval.Data;

/// <summary>One record of a data file, with errors that name file, line and field.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Offset">Where the record starts, bytes.</param>
/// <param name="Key">Its name where the file is one object of records, else empty.</param>
/// <param name="Value">The record.</param>
public sealed record JsonRecord(string File, long Offset, string Key, JsonElement Value)
{
    /// <summary>Line of the file, from 1; counted on demand where the reader does not know it.</summary>
    public int Line => KnownLine ?? LineCount.At(File, Offset);

    internal int? KnownLine { get; init; }

    /// <summary>A text that must be there.</summary>
    public string Text(string field) => Text(field, Field(field));

    /// <summary>A text, or null where the field is missing or null.</summary>
    public string? OptionalText(string field) => Optional(field) is { } value ? Text(field, value) : null;

    /// <summary>An integer that must be there.</summary>
    public long Number(string field) =>
        Field(field) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number)
            ? number
            : throw Error(field, "an integer", Describe(Field(field)));

    /// <summary>An integer or a text, as typed.</summary>
    public QuestionId Id(string field) => Field(field) switch
    {
        { ValueKind: JsonValueKind.Number } value when !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') => new QuestionId(value.GetRawText(), true),
        { ValueKind: JsonValueKind.String } value => QuestionId.Of(Text(field, value)),
        var value => throw Error(field, "an integer or a text", Describe(value)),
    };

    /// <summary>The elements of an array that must be there.</summary>
    public IEnumerable<JsonElement> Items(string field) =>
        Field(field) is { ValueKind: JsonValueKind.Array } value
            ? value.EnumerateArray()
            : throw Error(field, "an array", Describe(Field(field)));

    /// <summary>The elements of an array of objects, each a record of its own.</summary>
    public IEnumerable<JsonRecord> Records(string field) => Items(field).Select(item =>
        item.ValueKind == JsonValueKind.Object ? this with { Value = item } : throw Error(field, "objects", Describe(item)));

    /// <summary>An array of texts, at least one.</summary>
    public string[] Texts(string field) => AtLeastOne(field, Items(field).Select(item => Text(field, item)));

    /// <summary>The same field of every object of an array, at least one.</summary>
    public string[] Texts(string field, string inner) => AtLeastOne(field, Records(field).Select(item => item.Text(inner)));

    /// <summary>An array of texts; empty where the field is missing or null.</summary>
    public string[] OptionalTexts(string field) => Optional(field) is null ? [] : [.. Items(field).Select(item => Text(field, item))];

    /// <summary>A field, or null where it is missing or null.</summary>
    public JsonElement? Optional(string field) =>
        Value.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>An error in one field of this record.</summary>
    public InvalidDataException Error(string field, string expected, string found) =>
        new($"{File} line {Line}: {Named(field)}: expected {expected}, found {found}.");

    private string[] AtLeastOne(string field, IEnumerable<string> texts) => texts.ToArray() is [_, ..] all ? all : throw Error(field, "at least one text", "none");

    private JsonElement Field(string field) => Optional(field) ?? throw Error(field, "a value", "none");

    private string Text(string field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Error(field, "a text", Describe(value));
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error(field, "UTF-8", "other bytes");
        }
    }

    private string Named(string field) => Key.Length > 0 ? $"{field} of {Key}" : field;

    private static string Describe(JsonElement value)
    {
        string raw = value.GetRawText();
        return raw.Length > 40 ? raw[..40] + "..." : raw;
    }
}
