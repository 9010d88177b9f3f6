using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <summary>Which types values of a schema have.</summary>
internal static class SchemaTypes
{
    private static readonly string[] Names = ["object", "array", "string", "number", "integer", "boolean", "null"];

    // A schema without type that restricts one of these is read as of this type: else values of other types would be free.
    private static readonly (string Type, string[] Keywords)[] Implied =
    [
        ("object", ["properties", "required", "additionalProperties"]),
        ("array", ["items", "minItems", "maxItems"]),
        ("string", ["minLength", "maxLength", "pattern", "format"]),
        ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ];

    /// <summary>The types that all parts allow; null for any.</summary>
    /// <exception cref="ArgumentException">A part names another.</exception>
    public static IReadOnlyList<string>? Of(IReadOnlyList<SchemaPart> parts)
    {
        IReadOnlyList<string>? types = null;
        foreach (var part in parts.Where(part => part.Has("type")))
        {
            var own = OwnTypes(part);
            types = types is null ? own : Common(types, own);
        }

        if (types is not null)
        {
            return types;
        }

        HashSet<string> keywords = [.. parts.SelectMany(part => part.Keywords)];
        string[] implied = [.. Implied.Where(kind => kind.Keywords.Any(keywords.Contains)).Select(kind => kind.Type)];
        return implied.Length > 0 ? implied : null;
    }

    /// <summary>Whether a value is of a type.</summary>
    public static bool Is(JsonElement value, string type) => (value.ValueKind, type) switch
    {
        (JsonValueKind.Number, "integer") => DecimalNumber.Read(value, "enum").NumFractionDigits == 0,
        (JsonValueKind.Number, "number") or (JsonValueKind.Object, "object") or (JsonValueKind.Array, "array") => true,
        (JsonValueKind.String, "string") or (JsonValueKind.Null, "null") => true,
        (JsonValueKind.True or JsonValueKind.False, "boolean") => true,
        _ => false,
    };

    private static string[] OwnTypes(SchemaPart part)
    {
        part.TryGet("type", out var type);
        var path = part.Path + ".type";
        return type.ValueKind == JsonValueKind.Array
            ? [.. SchemaReader.Items(type, path).Select(item => Known(item.Value, item.Path)).Distinct()]
            : [Known(type, path)];
    }

    private static string Known(JsonElement type, string path) =>
        SchemaReader.Text(type, path) is var name && Names.Contains(name)
            ? name
            : throw new ArgumentException($"{path}: expected {string.Join(", ", Names[..^1])} or {Names[^1]}, found '{name}'.");

    // Whole numbers are numbers.
    private static string[] Common(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        [.. Names.Where(name => (a.Contains(name) || IsWhole(name, a)) && (b.Contains(name) || IsWhole(name, b)))];

    private static bool IsWhole(string name, IReadOnlyList<string> types) => name == "integer" && types.Contains("number");
}
