using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Vlm.Core.Tests.Engine.Constraints;

/// <summary>Whether a value satisfies a schema, told without a grammar: keyword by keyword, as JSON Schema 2020-12 defines them, with
/// OpenAPI's nullable.</summary>
internal static class SchemaJudge
{
    public static bool Allows(JsonElement schema, JsonElement value, JsonElement root) =>
        schema.ValueKind == JsonValueKind.True
        || (IsTrue(schema, "nullable") && value.ValueKind == JsonValueKind.Null)
        || schema.EnumerateObject().All(keyword => Allows(keyword.Name, keyword.Value, schema, value, root));

    private static bool Allows(string keyword, JsonElement given, JsonElement schema, JsonElement value, JsonElement root) => keyword switch
    {
        "type" => given.ValueKind == JsonValueKind.String ? IsOf(value, given.GetString()!) : given.EnumerateArray().Any(type => IsOf(value, type.GetString()!)),
        "const" => JsonElement.DeepEquals(given, value),
        "enum" => given.EnumerateArray().Any(option => JsonElement.DeepEquals(option, value)),
        "anyOf" => given.EnumerateArray().Any(option => Allows(option, value, root)),
        "allOf" => given.EnumerateArray().All(part => Allows(part, value, root)),
        "$ref" => Allows(root.GetProperty("$defs").GetProperty(given.GetString()!.Split('/')[^1]), value, root),
        _ => value.ValueKind switch
        {
            JsonValueKind.Number => AllowsNumber(keyword, given, value),
            JsonValueKind.String => AllowsText(keyword, given, value.GetString()!),
            JsonValueKind.Array => AllowsItems(keyword, given, [.. value.EnumerateArray()], root),
            JsonValueKind.Object => AllowsMembers(keyword, given, schema, value, root),
            _ => true,
        },
    };

    private static bool AllowsNumber(string keyword, JsonElement given, JsonElement value) => keyword switch
    {
        "minimum" => value.GetDouble() >= given.GetDouble(),
        "maximum" => value.GetDouble() <= given.GetDouble(),
        "exclusiveMinimum" => value.GetDouble() > given.GetDouble(),
        "exclusiveMaximum" => value.GetDouble() < given.GetDouble(),
        "multipleOf" => value.TryGetDecimal(out var number) && number % given.GetDecimal() == 0,
        _ => true,
    };

    private static bool AllowsText(string keyword, JsonElement given, string value) => keyword switch
    {
        "minLength" => value.EnumerateRunes().Count() >= given.GetInt32(),
        "maxLength" => value.EnumerateRunes().Count() <= given.GetInt32(),
        "pattern" => Regex.IsMatch(value, given.GetString()!.Replace("$", "\\z", StringComparison.Ordinal), RegexOptions.ECMAScript),
        "format" => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => true,
    };

    private static bool AllowsItems(string keyword, JsonElement given, JsonElement[] items, JsonElement root) => keyword switch
    {
        "minItems" => items.Length >= given.GetInt32(),
        "maxItems" => items.Length <= given.GetInt32(),
        "items" => items.All(item => Allows(given, item, root)),
        _ => true,
    };

    private static bool AllowsMembers(string keyword, JsonElement given, JsonElement schema, JsonElement value, JsonElement root)
    {
        bool IsNamed(JsonProperty member) => schema.TryGetProperty("properties", out var named) && named.TryGetProperty(member.Name, out _);
        return keyword switch
        {
            "required" => given.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "properties" => value.EnumerateObject().All(member => !given.TryGetProperty(member.Name, out var own) || Allows(own, member.Value, root)),
            "additionalProperties" => value.EnumerateObject().All(member => IsNamed(member)
                || (given.ValueKind != JsonValueKind.False && Allows(given, member.Value, root))),
            _ => true,
        };
    }

    private static bool IsOf(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("integer", JsonValueKind.Number) => value.TryGetDecimal(out var number) && decimal.IsInteger(number),
        ("number", JsonValueKind.Number) or ("string", JsonValueKind.String) or ("null", JsonValueKind.Null) => true,
        ("array", JsonValueKind.Array) or ("object", JsonValueKind.Object) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        _ => false,
    };

    private static bool IsTrue(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var value) && value.ValueKind == JsonValueKind.True;
}
