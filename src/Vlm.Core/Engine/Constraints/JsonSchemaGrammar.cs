using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <summary>JSON Schema (2020-12) to a grammar whose every text satisfies it. Members come in the order of the schema; an object with
/// named properties has no others. oneOf is read as anyOf.</summary>
public sealed class JsonSchemaGrammar
{
    private const int MaxBytes = 64 << 10;
    private const int MaxDepth = 128; // schemas within schemas, references included
    private const int MaxRepeats = 4096;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly HashSet<string> Understood =
    [
        "type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "minLength", "maxLength",
        "enum", "const", "anyOf", "oneOf", "$ref", "$defs", "definitions",
    ];

    private static readonly HashSet<string> Annotations =
    [
        "title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly", "discriminator",
        "$schema", "$id", "$comment",
    ];

    private static readonly HashSet<string> Alone = ["$ref", "const", "enum", "anyOf", "oneOf"];

    private static readonly HashSet<string> Beside = ["type", "$defs", "definitions"];

    private readonly GrammarBuilder _grammar = new();
    private readonly JsonRules _json;
    private readonly JsonElement _root;
    private readonly Dictionary<string, int> _references = [];
    private int _depth;

    private JsonSchemaGrammar(JsonElement root) => (_root, _json) = (root, new JsonRules(_grammar));

    /// <summary>Any JSON object.</summary>
    public static Grammar AnyObject { get; } = Compile(JsonElement.Parse("{\"type\":\"object\"}"));

    /// <summary>The grammar of a schema.</summary>
    /// <exception cref="ArgumentException">It is no schema, too large, says something that is not supported, or has no finite
    /// value.</exception>
    public static Grammar Compile(JsonElement schema)
    {
        var numBytes = JsonMarshal.GetRawUtf8Value(schema).Length;
        if (numBytes > MaxBytes)
        {
            throw new ArgumentException($"schema: expected at most {MaxBytes} bytes, found {numBytes}.");
        }

        var compiler = new JsonSchemaGrammar(schema);
        var root = compiler.Reference("#");
        return compiler._grammar.Build(compiler._grammar.Add([compiler._json.Space, root]));
    }

    private int Rule(JsonElement schema, string path)
    {
        if (schema.ValueKind == JsonValueKind.True)
        {
            return _json.Value;
        }

        CheckKeywords(schema, path);
        if (_depth == MaxDepth)
        {
            throw new ArgumentException($"{path}: expected at most {MaxDepth} schemas within one another, found more.");
        }

        _depth++;
        var rule = Restricted(schema, path);
        _depth--;
        return rule;
    }

    private int Restricted(JsonElement schema, string path) =>
        schema.TryGetProperty("$ref", out var reference) ? Reference(Text(reference, path + ".$ref"))
            : schema.TryGetProperty("const", out var constant) ? _grammar.Add(Literal(constant))
            : schema.TryGetProperty("enum", out var values) ? OneOf(Items(values, path + ".enum"), (value, _) => Literal(value))
            : schema.TryGetProperty("anyOf", out var any) ? OneOf(Items(any, path + ".anyOf"), (s, p) => [Rule(s, p)])
            : schema.TryGetProperty("oneOf", out var one) ? OneOf(Items(one, path + ".oneOf"), (s, p) => [Rule(s, p)])
            : Typed(schema, path);

    private static void CheckKeywords(JsonElement schema, string path)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"{path}: expected a schema object or true, found {schema.ValueKind}.");
        }

        string[] keywords = [.. schema.EnumerateObject().Select(member => member.Name).Except(Annotations)];
        if (keywords.Except(Understood).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException(
                $"{path}.{unknown}: expected one of the supported keywords ({string.Join(", ", Understood)}), found another.");
        }

        if (keywords.Intersect(Alone).FirstOrDefault() is { } alone && keywords.Except(Beside).Count() > 1)
        {
            throw new ArgumentException(
                $"{path}: expected {alone} without other keywords that restrict, found {string.Join(", ", keywords)}.");
        }
    }

    private int OneOf(IEnumerable<(JsonElement Value, string Path)> options, Func<JsonElement, string, Symbol[]> read) =>
        _grammar.Add([.. options.Select(option => read(option.Value, option.Path))]);

    /// <summary>The rule of a schema elsewhere in the document; declared first, since it may hold itself.</summary>
    private int Reference(string pointer)
    {
        if (!_references.TryGetValue(pointer, out var rule))
        {
            _references.Add(pointer, rule = _grammar.Declare());
            _grammar.Define(rule, [Rule(Find(pointer), pointer)]);
        }

        return rule;
    }

    private JsonElement Find(string pointer)
    {
        var found = _root;
        var steps = pointer.Split('/');
        var isKnown = steps[0] == "#";
        foreach (var step in steps.Skip(1))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            isKnown = isKnown && found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out found);
        }

        return isKnown
            ? found
            : throw new ArgumentException($"$ref: expected a place in this schema such as #/$defs/NAME, found '{pointer}'.");
    }

    private int Typed(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("type", out var type))
        {
            return schema.TryGetProperty("properties", out _) ? Object(schema, path)
                : schema.TryGetProperty("items", out _) ? Array(schema, path)
                : _json.Value;
        }

        return type.ValueKind == JsonValueKind.Array
            ? OneOf(Items(type, path + ".type"), (name, p) => [Typed(Text(name, p), schema, path)])
            : Typed(Text(type, path + ".type"), schema, path);
    }

    private int Typed(string type, JsonElement schema, string path) => type switch
    {
        "object" => Object(schema, path),
        "array" => Array(schema, path),
        "string" => String(schema, path),
        "number" => _json.Number,
        "integer" => _json.Integer,
        "boolean" => _grammar.Add(GrammarBuilder.Literal("true"), GrammarBuilder.Literal("false")),
        "null" => _grammar.Add(GrammarBuilder.Literal("null")),
        _ => throw new ArgumentException(
            $"{path}.type: expected object, array, string, number, integer, boolean or null, found '{type}'."),
    };

    private int String(JsonElement schema, string path)
    {
        var (min, max) = Bounds(schema, path, "minLength", "maxLength");
        return _grammar.Add([JsonRules.Byte('"'), _grammar.Repeat(_json.Character, min, max), JsonRules.Byte('"')]);
    }

    private int Array(JsonElement schema, string path)
    {
        var (min, max) = Bounds(schema, path, "minItems", "maxItems");
        var item = schema.TryGetProperty("items", out var items) ? Rule(items, path + ".items") : _json.Value;
        return _json.List('[', item, ']', min, max);
    }

    private int Object(JsonElement schema, string path)
    {
        HashSet<string> required = schema.TryGetProperty("required", out var names)
            ? [.. Items(names, path + ".required").Select(name => Text(name.Value, name.Path))]
            : [];
        List<(string Name, int Value)> members = [.. Properties(schema, path)];
        members.AddRange(required.Except(members.Select(member => member.Name)).Select(name => (name, _json.Value)));
        return members.Count > 0
            ? Members([.. members.Select(m => (_json.Member(Name(m.Name), m.Value), required.Contains(m.Name)))])
            : Open(schema, path);
    }

    private IEnumerable<(string Name, int Value)> Properties(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("properties", out var properties))
        {
            yield break;
        }

        if (properties.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"{path}.properties: expected an object, found {properties.ValueKind}.");
        }

        foreach (var property in properties.EnumerateObject())
        {
            yield return (property.Name, Rule(property.Value, $"{path}.properties.{property.Name}"));
        }
    }

    /// <summary>An object without named properties: any members that additionalProperties allows.</summary>
    private int Open(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("additionalProperties", out var others) || others.ValueKind == JsonValueKind.True)
        {
            return _json.Object;
        }

        return others.ValueKind == JsonValueKind.False
            ? _grammar.Add(GrammarBuilder.Literal("{}"))
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

    private static Symbol[] Literal(JsonElement value) => GrammarBuilder.Literal(JsonSerializer.Serialize(value, Compact));

    private static (int Min, int? Max) Bounds(JsonElement schema, string path, string least, string most)
    {
        var min = Count(schema, path, least) ?? 0;
        var max = Count(schema, path, most);
        return max < min
            ? throw new ArgumentException($"{path}.{most}: expected at least {least} ({min}), found {max}.")
            : (min, max);
    }

    private static int? Count(JsonElement schema, string path, string keyword)
    {
        if (!schema.TryGetProperty(keyword, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count is >= 0 and <= MaxRepeats
            ? count
            : throw new ArgumentException($"{path}.{keyword}: expected a whole number from 0 to {MaxRepeats}, found {value}.");
    }

    private static IEnumerable<(JsonElement Value, string Path)> Items(JsonElement array, string path) =>
        array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > 0
            ? array.EnumerateArray().Select((value, i) => (value, $"{path}[{i}]"))
            : throw new ArgumentException($"{path}: expected an array with something in it, found {array.ValueKind}.");

    private static string Text(JsonElement value, string path) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new ArgumentException($"{path}: expected a string, found {value.ValueKind}.");
}
