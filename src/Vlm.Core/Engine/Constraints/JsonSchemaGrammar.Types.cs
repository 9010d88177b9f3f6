using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <content>What the keywords of each type say.</content>
public sealed partial class JsonSchemaGrammar
{
    private static readonly string[] NumberKeywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

    private int Typed(IReadOnlyList<string>? types, IReadOnlyList<SchemaPart> parts, string path) => types switch
    {
        null => _json.Value,
        [] => Nothing($"{path}: expected a type that all of its parts allow, found none."),
        [var type] => Typed(type, parts, path),
        _ => _grammar.Add([.. types.Select(type => (Symbol[])[Typed(type, parts, path)])]),
    };

    private int Typed(string type, IReadOnlyList<SchemaPart> parts, string path) => type switch
    {
        "object" => Object(parts, path),
        "array" => Array(parts, path),
        "string" => String(parts, path),
        "number" => Number(parts, path, isInteger: false),
        "integer" => Number(parts, path, isInteger: true),
        "boolean" => _grammar.Add(GrammarBuilder.Literal("true"), GrammarBuilder.Literal("false")),
        _ => _grammar.Add(GrammarBuilder.Literal("null")),
    };

    private int String(IReadOnlyList<SchemaPart> parts, string path)
    {
        var (min, max) = SchemaReader.Bounds(parts, "minLength", "maxLength");
        List<StringPattern> patterns = [.. parts.SelectMany(Patterns)];
        var rule = max < min ? null
            : patterns.Count > 0 ? _strings.Add(patterns, min, max)
            : _grammar.Add([JsonRules.Byte('"'), _grammar.Repeat(_json.Character, min, max), JsonRules.Byte('"')]);
        return rule ?? Nothing($"{path}: expected a string that satisfies its keywords, found none.");
    }

    private static IEnumerable<StringPattern> Patterns(SchemaPart part)
    {
        if (part.TryGet("pattern", out var pattern))
        {
            yield return new(SchemaReader.Text(pattern, part.Path + ".pattern"), part.Path + ".pattern");
        }

        if (part.TryGet("format", out var format) && StringFormats.Find(SchemaReader.Text(format, part.Path + ".format")) is { } known)
        {
            yield return new(known, part.Path + ".format");
        }
    }

    private int Number(IReadOnlyList<SchemaPart> parts, string path, bool isInteger)
    {
        if (!parts.Any(part => NumberKeywords.Any(keyword => part.Has(keyword))))
        {
            return isInteger ? _json.Integer : _json.Number;
        }

        NumberRange range = new(isInteger, [.. parts.SelectMany(Multiples)], path);
        foreach (var part in parts)
        {
            Bound(part, "minimum", "exclusiveMinimum", range.AtLeast);
            Bound(part, "maximum", "exclusiveMaximum", range.AtMost);
        }

        return _numbers.Add(range, path) ?? Nothing($"{path}: expected a number that satisfies its keywords, found none.");
    }

    private static IEnumerable<DecimalNumber> Multiples(SchemaPart part)
    {
        if (part.TryGet("multipleOf", out var value))
        {
            var multiple = SchemaReader.Number(value, part.Path + ".multipleOf");
            yield return multiple.Mantissa.Sign > 0
                ? multiple
                : throw new ArgumentException($"{part.Path}.multipleOf: expected a number above 0, found {value}.");
        }
    }

    /// <summary>A bound, and another one that is exclusive; in draft 4 and OpenAPI 3.0 the second says whether the first is.</summary>
    private static void Bound(SchemaPart part, string keyword, string exclusive, Action<DecimalNumber, bool> add)
    {
        var hasExclusive = part.TryGet(exclusive, out var other);
        var isFlag = other.ValueKind is JsonValueKind.True or JsonValueKind.False;
        if (part.TryGet(keyword, out var bound))
        {
            add(SchemaReader.Number(bound, $"{part.Path}.{keyword}"), other.ValueKind == JsonValueKind.True);
        }

        if (hasExclusive && !isFlag)
        {
            add(SchemaReader.Number(other, $"{part.Path}.{exclusive}"), true);
        }
    }

    private int Array(IReadOnlyList<SchemaPart> parts, string path)
    {
        var (min, max) = SchemaReader.Bounds(parts, "minItems", "maxItems");
        return max < min
            ? Nothing($"{path}: expected a number of items that all of its parts allow, found none.")
            : _json.List('[', Rule([.. parts.SelectMany(part => Inside(part, "items"))], path + ".items"), ']', min, max);
    }

    private static IReadOnlyList<SchemaPart> Inside(SchemaPart part, string keyword) =>
        part.TryGet(keyword, out var schema) ? SchemaPart.Read(schema, $"{part.Path}.{keyword}") : [];

    private int Object(IReadOnlyList<SchemaPart> parts, string path)
    {
        var properties = parts.Select(Properties).ToList();
        HashSet<string> required = [.. parts.SelectMany(Required)];
        List<(int Member, bool IsRequired)> members = [];
        foreach (var name in properties.SelectMany(own => own.Keys).Concat(required).Distinct())
        {
            if (Member(name, parts, properties) is { } value)
            {
                members.Add((_json.Member(Name(name), Rule(value, $"{path}.properties.{name}")), required.Contains(name)));
            }
            else if (required.Contains(name))
            {
                return Nothing($"{path}.required: expected names that additionalProperties allows, found '{name}'.");
            }
        }

        return members.Count > 0 ? Members(members) : Open(parts, path);
    }

    private static IEnumerable<string> Required(SchemaPart part) => part.TryGet("required", out var names)
        ? SchemaReader.Elements(names, part.Path + ".required").Select(name => SchemaReader.Text(name.Value, name.Path))
        : [];

    private static OrderedDictionary<string, JsonElement> Properties(SchemaPart part)
    {
        OrderedDictionary<string, JsonElement> properties = [];
        if (!part.TryGet("properties", out var named))
        {
            return properties;
        }

        if (named.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"{part.Path}.properties: expected an object, found {named.ValueKind}.");
        }

        foreach (var property in named.EnumerateObject())
        {
            properties[property.Name] = property.Value;
        }

        return properties;
    }

    /// <summary>The schemas of a member, of each part that says something of it; null where one allows no such member.</summary>
    private static List<SchemaPart>? Member(string name, IReadOnlyList<SchemaPart> parts, IReadOnlyList<OrderedDictionary<string, JsonElement>> properties)
    {
        List<SchemaPart> schemas = [];
        foreach (var (part, own) in parts.Zip(properties))
        {
            if (own.TryGetValue(name, out var schema))
            {
                schemas.AddRange(SchemaPart.Read(schema, $"{part.Path}.properties.{name}"));
            }
            else if (IsClosed(part))
            {
                return null;
            }
            else
            {
                schemas.AddRange(Inside(part, "additionalProperties"));
            }
        }

        return schemas;
    }

    private static bool IsClosed(SchemaPart part) => part.TryGet("additionalProperties", out var others) && others.ValueKind == JsonValueKind.False;

    /// <summary>An object without named properties: any members that additionalProperties allows.</summary>
    private int Open(IReadOnlyList<SchemaPart> parts, string path)
    {
        if (parts.Any(IsClosed))
        {
            return _grammar.Add(GrammarBuilder.Literal("{}"));
        }

        List<SchemaPart> others = [.. parts.SelectMany(part => Inside(part, "additionalProperties"))];
        return others.Count == 0
            ? _json.Object
            : _json.List('{', _json.Member([_json.String], Rule(others, path + ".additionalProperties")), '}');
    }

    /// <summary>Members in their order, the optional ones or not. From the last to the first: what may follow with nothing before it,
    /// and what may follow behind a comma.</summary>
    private int Members(IReadOnlyList<(int Member, bool IsRequired)> members)
    {
        var (first, further) = (_grammar.Add([[]]), _grammar.Add([[]]));
        foreach (var (member, isRequired) in members.Reverse())
        {
            Symbol[] asFirst = [member, _json.Space, further];
            Symbol[] asFurther = [JsonRules.Byte(','), _json.Space, member, _json.Space, further];
            first = isRequired ? _grammar.Add([asFirst]) : _grammar.Add(asFirst, [first]);
            further = isRequired ? _grammar.Add([asFurther]) : _grammar.Add(asFurther, [further]);
        }

        return _grammar.Add([JsonRules.Byte('{'), _json.Space, first, JsonRules.Byte('}')]);
    }

    private static Symbol[] Name(string name) => GrammarBuilder.Literal(JsonSerializer.Serialize(name, Compact));
}
