using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <summary>What of a schema object has already been moved elsewhere and holds no longer here.</summary>
[Flags]
internal enum Taken
{
    Nothing = 0,
    Nullable = 1,
    AnyOf = 2,
    OneOf = 4,
    Parts = 8, // allOf and $ref
}

/// <summary>A schema object as one of several that a value satisfies together.</summary>
internal readonly record struct SchemaPart(JsonElement Schema, string Path, Taken Taken = Taken.Nothing)
{
    private static readonly string[] Understood =
    [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength",
        "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "anyOf", "oneOf", "allOf", "nullable",
        "$ref", "$defs", "definitions",
    ];

    private static readonly FrozenSet<string> Annotations = FrozenSet.ToFrozenSet(
    [
        "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "discriminator", "externalDocs", "xml",
        "contentEncoding", "contentMediaType", "$schema", "$id", "$anchor", "$comment", "$vocabulary", "$defs", "definitions",
    ]);

    /// <summary>Null and nothing else.</summary>
    public static SchemaPart Null { get; } = new(JsonElement.Parse("{\"type\":\"null\"}"), "#");

    /// <summary>The keywords that still restrict values.</summary>
    public IEnumerable<string> Keywords
    {
        get
        {
            var part = this;
            return Schema.EnumerateObject().Where(member => part.Restricts(member)).Select(member => member.Name);
        }
    }

    /// <summary>Whether it only stands for another schema.</summary>
    public bool IsReference => Has("$ref", Taken.Parts) && Keywords.All(keyword => keyword == "$ref");

    /// <summary>Whether null satisfies it, whatever else it says.</summary>
    public bool IsNullable => TryGet("nullable", out var value, Taken.Nullable) && value.ValueKind != JsonValueKind.False;

    /// <summary>Reads a schema: nothing for one that allows any value.</summary>
    /// <exception cref="ArgumentException">It is no schema, or restricts by a keyword that is not supported.</exception>
    public static IReadOnlyList<SchemaPart> Read(JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return [];
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"{path}: expected a schema object or true, found {schema.ValueKind}.");
        }

        var names = schema.EnumerateObject().Select(member => member.Name);
        if (names.FirstOrDefault(name => !Understood.Contains(name) && !IsAnnotation(name)) is { } unknown)
        {
            throw new ArgumentException($"{path}.{unknown}: expected one of the supported keywords ({string.Join(", ", Understood)}), found another.");
        }

        if (schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw new ArgumentException($"{path}.nullable: expected true or false, found {nullable.ValueKind}.");
        }

        return [new(schema, path)];
    }

    /// <summary>Whether it has a keyword that has not been taken.</summary>
    public bool Has(string keyword, Taken kind = Taken.Nothing) => TryGet(keyword, out _, kind);

    /// <summary>The value of a keyword that has not been taken.</summary>
    public bool TryGet(string keyword, out JsonElement value, Taken kind = Taken.Nothing)
    {
        value = default;
        return (Taken & kind) == 0 && Schema.TryGetProperty(keyword, out value);
    }

    public SchemaPart Without(Taken kind) => this with { Taken = Taken | kind };

    /// <summary>Where a document has it, in bytes; -1 where it is of another document.</summary>
    public int Offset(JsonElement document) =>
        JsonMarshal.GetRawUtf8Value(document).Overlaps(JsonMarshal.GetRawUtf8Value(Schema), out var offset) ? offset : -1;

    private bool Restricts(JsonProperty member) => member.Name switch
    {
        "nullable" => !Taken.HasFlag(Taken.Nullable) && member.Value.ValueKind != JsonValueKind.False,
        "anyOf" => !Taken.HasFlag(Taken.AnyOf),
        "oneOf" => !Taken.HasFlag(Taken.OneOf),
        "allOf" or "$ref" => !Taken.HasFlag(Taken.Parts),
        "format" => member.Value.ValueKind != JsonValueKind.String || StringFormats.Find(member.Value.GetString()!) is not null,
        _ => !IsAnnotation(member.Name),
    };

    private static bool IsAnnotation(string keyword) => Annotations.Contains(keyword) || keyword.StartsWith("x-", StringComparison.Ordinal);
}
