using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vlm.Api.Contracts.Completions;

/// <summary>Forms of an answer.</summary>
public enum ResponseFormatType
{
    /// <summary>Whatever the model says.</summary>
    Text,

    /// <summary>One JSON object.</summary>
    JsonObject,

    /// <summary>JSON that satisfies a schema.</summary>
    JsonSchema,
}

/// <summary>Form of the answer. A JSON answer is complete whatever the token limit, unless even the shortest one is longer.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record ResponseFormat
{
    /// <summary>Which form.</summary>
    public required ResponseFormatType Type { get; init; }

    /// <summary>The schema, for <c>json_schema</c>.</summary>
    public NamedSchema? JsonSchema { get; init; }
}

/// <summary>A schema with its name.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record NamedSchema
{
    /// <summary>Name of the form; without effect.</summary>
    public string? Name { get; init; }

    /// <summary>JSON Schema: type, enum, const, properties, required, additionalProperties, items, minItems, maxItems, minLength, maxLength,
    /// pattern, format, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, anyOf, oneOf, allOf, $ref, $defs, and OpenAPI's
    /// nullable. Other keywords that restrict are refused by name.</summary>
    public required JsonElement Schema { get; init; }

    /// <summary>Accepted; the answer always satisfies the schema.</summary>
    public bool? Strict { get; init; }
}
