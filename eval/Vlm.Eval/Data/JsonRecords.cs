using System.Text.Json;

namespace Vlm.Eval.Data;

/// <summary>The shapes in which benchmarks store their records, read one record at a time.</summary>
public static class JsonRecords
{
    /// <summary>The elements of an array: the whole file, or one property of its object.</summary>
    /// <exception cref="InvalidDataException">The file has another shape or is no JSON.</exception>
    public static IEnumerable<JsonRecord> Array(string path, string? property = null)
    {
        using JsonStream json = new(path);
        if (property is not null)
        {
            Expect(json, JsonTokenType.StartObject, "an object");
            FindProperty(json, property);
        }

        Expect(json, JsonTokenType.StartArray, property is null ? "an array" : $"an array as {property}");
        while (json.Value() is { } record)
        {
            yield return record;
        }

        json.Finish();
    }

    /// <summary>A file that is one object.</summary>
    /// <exception cref="InvalidDataException">The file has another shape or is no JSON.</exception>
    public static JsonRecord Whole(string path)
    {
        using JsonStream json = new(path);
        JsonRecord record = json.Value() ?? throw json.Error("an object", "an end");
        json.Finish();
        return record;
    }

    /// <summary>The records as they come, refused where a second has the id of one before.</summary>
    /// <exception cref="InvalidDataException">An id is missing or there twice.</exception>
    public static IEnumerable<JsonRecord> Unique(this IEnumerable<JsonRecord> records, string field)
    {
        HashSet<string> ids = [];
        return records.Select(record => ids.Add(record.Id(field).Text) ? record : throw record.Error(field, "each once", $"{record.Id(field)} twice"));
    }

    /// <summary>The properties of an object, each a record with its name as key.</summary>
    /// <exception cref="InvalidDataException">The file has another shape, a name twice, or is no JSON.</exception>
    public static IEnumerable<JsonRecord> Map(string path)
    {
        using JsonStream json = new(path);
        Expect(json, JsonTokenType.StartObject, "an object");
        HashSet<string> names = [];
        while (json.Token() is { Type: JsonTokenType.PropertyName } property)
        {
            yield return names.Add(property.Name)
                ? json.Value(property.Name) ?? throw json.Error("an object", "an end")
                : throw json.Error("each name once", $"{property.Name} twice");
        }

        json.Finish();
    }

    /// <summary>JSON Lines; empty lines are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="malformed">Told of every line that is no JSON object, in words; without it such a line is an error.</param>
    /// <exception cref="InvalidDataException">A line is no JSON object or the file is not UTF-8.</exception>
    public static IEnumerable<JsonRecord> Lines(string path, Action<string>? malformed = null)
    {
        using FileStream stream = File.OpenRead(path);
        foreach (JsonRecord record in Lines(path, stream, malformed))
        {
            yield return record;
        }
    }

    /// <summary>The same from the start of a stream, for a file that is open already and stays so; the path is for messages.</summary>
    internal static IEnumerable<JsonRecord> Lines(string path, Stream stream, Action<string>? malformed = null)
    {
        using StreamReader reader = Utf8File.Open(stream, leaveOpen: true);
        for (int line = 1; reader.ReadLine() is { } bytes; line++)
        {
            string text = Utf8File.Decode(bytes) ?? throw NotUtf8(path, line, bytes);
            if (!string.IsNullOrWhiteSpace(text) && Parse(path, line, text, malformed) is { } record)
            {
                yield return record;
            }
        }
    }

    private static JsonRecord? Parse(string path, int line, string text, Action<string>? malformed)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new JsonRecord(path, 0, "", document.RootElement.Clone()) { KnownLine = line };
            }
        }
        catch (JsonException e)
        {
            return Refuse(path, line, e.Message, malformed, e);
        }

        return Refuse(path, line, text.Length > 40 ? text[..40] + "..." : text, malformed);
    }

    private static JsonRecord? Refuse(string path, int line, string found, Action<string>? malformed, Exception? inner = null)
    {
        string message = $"{path} line {line}: expected a JSON object, found: {found}";
        if (malformed is null)
        {
            throw new InvalidDataException(message, inner);
        }

        malformed(message);
        return null;
    }

    private static InvalidDataException NotUtf8(string path, int line, string bytes)
    {
        string field = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            field = document.RootElement.EnumerateObject().First(p => Utf8File.Decode(p.Value.GetRawText()) is null).Name + ": ";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // no object, or the bytes are those of a name
        }

        return new InvalidDataException($"{path} line {line}: {field}expected UTF-8, found other bytes.");
    }

    private static void Expect(JsonStream json, JsonTokenType type, string expected)
    {
        JsonTokenType found = json.Token().Type;
        if (found != type)
        {
            throw json.Error(expected, $"{found}");
        }
    }

    private static void FindProperty(JsonStream json, string name)
    {
        while (json.Token() is { Type: JsonTokenType.PropertyName } property)
        {
            if (property.Name == name)
            {
                return;
            }

            json.Skip();
        }

        throw json.Error($"a field {name}", "none");
    }
}
