using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <summary>JSON Schema (2020-12) with OpenAPI's nullable to a grammar whose every text satisfies it. Members come in the order of the
/// schema; an object with named properties has no others. oneOf is read as anyOf.</summary>
public sealed partial class JsonSchemaGrammar
{
    private const int MaxBytes = 64 << 10;
    private const int MaxDepth = 128; // schemas within schemas, references included
    private const int PartCost = 20;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly GrammarBuilder _grammar = new();
    private readonly CompileBudget _budget = new();
    private readonly JsonRules _json;
    private readonly StringRules _strings;
    private readonly NumberRules _numbers;
    private readonly JsonElement _root;
    private readonly Dictionary<string, int> _references = [];
    private readonly Dictionary<string, int> _shared = []; // by the places of the schemas that hold together
    private string? _nothing; // the first place that no value satisfies
    private int _depth;

    private JsonSchemaGrammar(JsonElement root)
    {
        (_root, _json) = (root, new JsonRules(_grammar));
        (_strings, _numbers) = (new StringRules(_grammar, _budget), new NumberRules(_grammar, _budget));
    }

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

        try
        {
            return new JsonSchemaGrammar(schema).Compile();
        }
        catch (Exception wrong) when (wrong is InvalidOperationException or JsonException) // where text has an escaped lone surrogate
        {
            throw new ArgumentException("schema: expected valid Unicode text.");
        }
    }

    private Grammar Compile()
    {
        var grammar = _grammar.Build(_grammar.Add([_json.Space, Reference("#")]));
        return grammar.IsEmpty ? throw new ArgumentException(_nothing ?? "grammar: expected a finite text, found none.") : grammar;
    }

    private int Rule(JsonElement schema, string path) => Rule(SchemaPart.Read(schema, path), path);

    /// <summary>The values that satisfy all parts.</summary>
    private int Rule(IReadOnlyList<SchemaPart> parts, string path)
    {
        if (_depth == MaxDepth)
        {
            throw new ArgumentException($"{path}: expected at most {MaxDepth} schemas within one another, found more.");
        }

        _depth++;
        var rule = Flat(parts) switch
        {
            [] => _json.Value,
            [{ IsReference: true } only] => Reference(Pointer(only)),
            var flat => Shared(flat, path),
        };
        _depth--;
        return rule;
    }

    /// <summary>The parts with those of allOf and $ref beside them, each once, and none that restricts nothing. A part with nullable stays
    /// whole, since null excuses from all of it; so does a reference alone, whose rule is shared.</summary>
    private List<SchemaPart> Flat(IReadOnlyList<SchemaPart> parts)
    {
        List<SchemaPart> flat = [];
        HashSet<(int, bool)> seen = [];
        Stack<SchemaPart> open = new(parts.Where(part => part.Keywords.Any()).Reverse());
        while (open.TryPop(out var part))
        {
            _budget.Spend(PartCost);
            var isAlone = open.Count == 0 && flat.Count == 0 && part.IsReference;
            var isFlat = isAlone || part.IsNullable || !(part.Has("allOf", Taken.Parts) || part.Has("$ref", Taken.Parts));
            if (!seen.Add((part.Offset(_root), isFlat)))
            {
                continue; // also where it holds itself
            }

            if (isFlat)
            {
                flat.Add(part);
            }
            else
            {
                Inner(part).Where(inner => inner.Keywords.Any()).Reverse().ToList().ForEach(open.Push);
            }
        }

        return flat;
    }

    private IEnumerable<SchemaPart> Inner(SchemaPart part)
    {
        IEnumerable<SchemaPart> inner = [part.Without(Taken.Parts)];
        if (part.Has("$ref", Taken.Parts))
        {
            inner = inner.Concat(SchemaPart.Read(Find(Pointer(part)), Pointer(part)));
        }

        return part.TryGet("allOf", out var all, Taken.Parts)
            ? inner.Concat(SchemaReader.Items(all, part.Path + ".allOf").SelectMany(item => SchemaPart.Read(item.Value, item.Path)))
            : inner;
    }

    private int Shared(IReadOnlyList<SchemaPart> parts, string path)
    {
        var key = string.Join(',', parts.Select(part => $"{part.Offset(_root)}:{part.Taken}"));
        if (!_shared.TryGetValue(key, out var rule))
        {
            _shared.Add(key, rule = _grammar.Declare());
            _grammar.Define(rule, [Restricted(parts, path)]);
        }

        return rule;
    }

    /// <summary>One choice after the other: null or not, which of some schemas, which of some values, which type.</summary>
    private int Restricted(IReadOnlyList<SchemaPart> parts, string path)
    {
        foreach (var (i, part) in parts.Index())
        {
            List<SchemaPart> others = [.. parts.Take(i), .. parts.Skip(i + 1)];
            if (part.IsNullable)
            {
                return _grammar.Add([Rule([part.Without(Taken.Nullable), .. others], path)], [Rule([.. others, SchemaPart.Null], path)]);
            }

            if (part.TryGet("anyOf", out var any, Taken.AnyOf))
            {
                return OneOf(SchemaReader.Items(any, part.Path + ".anyOf"), [part.Without(Taken.AnyOf), .. others]);
            }

            if (part.TryGet("oneOf", out var one, Taken.OneOf))
            {
                return OneOf(SchemaReader.Items(one, part.Path + ".oneOf"), [part.Without(Taken.OneOf), .. others]);
            }
        }

        var types = SchemaTypes.Of(parts);
        return SchemaValues.Of(parts, types, _budget) is not { } values ? Typed(types, parts, path)
            : values.Count > 0 ? _grammar.Add([.. values.Select(Literal)])
            : Nothing($"{path}: expected a value that all of its enum, const and type allow, found none.");
    }

    private int OneOf(IEnumerable<(JsonElement Value, string Path)> options, IReadOnlyList<SchemaPart> others) =>
        _grammar.Add([.. options.Select(option => (Symbol[])[Rule([.. others, .. SchemaPart.Read(option.Value, option.Path)], option.Path)])]);

    private int Nothing(string why)
    {
        _nothing ??= why;
        return _grammar.Add();
    }

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

    private static string Pointer(SchemaPart part) => SchemaReader.Text(part.Schema.GetProperty("$ref"), part.Path + ".$ref");

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

    private static Symbol[] Literal(JsonElement value) => GrammarBuilder.Literal(JsonSerializer.Serialize(value, Compact));
}
