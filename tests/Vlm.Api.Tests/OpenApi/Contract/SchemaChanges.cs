using System.Text.Json.Nodes;

namespace Vlm.Api.Tests.OpenApi.Contract;

/// <summary>
/// Breaking changes of a schema. A request's may only get wider, an answer's only narrower, but for new names in enums of answers, which
/// clients have to expect.
/// </summary>
internal sealed class SchemaChanges(JsonObject oldDocument, JsonObject newDocument, bool isRequest)
{
    private static readonly string[] AtLeast = ["minimum", "exclusiveMinimum", "minLength", "minItems"];
    private static readonly string[] AtMost = ["maximum", "exclusiveMaximum", "maxLength", "maxItems"];

    private readonly HashSet<(string? Was, string? Now)> _seen = [];
    private readonly List<string> _found = [];

    /// <summary>Every breaking change from one schema to another.</summary>
    public IReadOnlyList<string> Between(string place, JsonNode? was, JsonNode? now)
    {
        Compare(place, was, now);
        return _found;
    }

    private void Compare(string place, JsonNode? was, JsonNode? now)
    {
        bool isNew = was?["$ref"] is null || _seen.Add((was["$ref"]?.ToString(), now?["$ref"]?.ToString()));
        (was, now) = (Resolve(was, oldDocument), Resolve(now, newDocument));
        if (was is null || now is null || !isNew)
        {
            return;
        }

        CompareSets(place, "type", Types(was), Types(now), isOpen: false);
        CompareSets(place, "enum", Names(was["enum"]), Names(now["enum"]), isOpen: !isRequest);
        CompareLimits(place, was, now);
        CompareFields(place, was, now);
        if (was["items"] is { } items)
        {
            Compare($"{place}[]", items, now["items"]);
        }

        foreach (string keyword in new[] { "oneOf", "anyOf" })
        {
            CompareForms(place, was[keyword]?.AsArray(), now[keyword]?.AsArray());
        }
    }

    /// <summary>A request may say no less than before, an answer no more.</summary>
    private void CompareSets(string place, string what, HashSet<string>? was, HashSet<string>? now, bool isOpen)
    {
        // Null stands for everything.
        (HashSet<string>? kept, HashSet<string>? by) = isRequest || isOpen ? (was, now) : (now, was);
        if (by is not null && kept?.IsSubsetOf(by) != true)
        {
            string gone = kept is null ? "anything" : string.Join(", ", kept.Except(by).Order(StringComparer.Ordinal));
            _found.Add($"{place}: {what} {gone} {(isRequest || isOpen ? "gone" : "new")}");
        }
    }

    private void CompareLimits(string place, JsonNode was, JsonNode now)
    {
        if (!isRequest)
        {
            return;
        }

        _found.AddRange(AtLeast.Where(k => Number(now[k]) > (Number(was[k]) ?? double.NegativeInfinity)).Select(k => $"{place}: {k} higher"));
        _found.AddRange(AtMost.Where(k => Number(now[k]) < (Number(was[k]) ?? double.PositiveInfinity)).Select(k => $"{place}: {k} lower"));
        if (now["pattern"] is { } pattern && pattern.ToString() != was["pattern"]?.ToString())
        {
            _found.Add($"{place}: pattern is another");
        }
    }

    private void CompareFields(string place, JsonNode was, JsonNode now)
    {
        (HashSet<string> wasRequired, HashSet<string> isRequired) = (Names(was["required"]) ?? [], Names(now["required"]) ?? []);
        _found.AddRange(isRequest
            ? isRequired.Except(wasRequired).Select(field => $"{place}.{field}: newly required")
            : wasRequired.Except(isRequired).Select(field => $"{place}.{field}: no longer always there"));
        foreach ((string name, JsonNode? field) in was["properties"]?.AsObject() ?? [])
        {
            if (now["properties"]?[name] is { } still)
            {
                Compare($"{place}.{name}", field, still);
            }
            else
            {
                _found.Add($"{place}.{name}: gone");
            }
        }
    }

    /// <summary>Forms are the same by their reference or their type.</summary>
    private void CompareForms(string place, JsonArray? was, JsonArray? now)
    {
        if (was is null && now is null)
        {
            return;
        }

        var (before, after) = (Forms(was), Forms(now));
        CompareSets(place, "form", before?.Keys.ToHashSet(), after?.Keys.ToHashSet(), isOpen: false);
        foreach (string form in before?.Keys.Where(f => after?.ContainsKey(f) == true) ?? [])
        {
            Compare(place, before![form], after![form]);
        }
    }

    private static Dictionary<string, JsonNode>? Forms(JsonArray? forms) =>
        forms?.ToDictionary(form => form!["$ref"]?.ToString() ?? form["type"]?.ToJsonString() ?? "", form => form!);

    private static HashSet<string>? Types(JsonNode schema) => schema["type"] switch
    {
        JsonArray several => Names(several),
        { } one => [one.ToString()],
        null => null,
    };

    private static HashSet<string>? Names(JsonNode? array) => array?.AsArray().Select(name => name?.ToString() ?? "null").ToHashSet();

    private static double? Number(JsonNode? node) => node?.GetValue<double>();

    private static JsonNode? Resolve(JsonNode? schema, JsonObject document) =>
        schema?["$ref"]?.ToString() is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]] : schema;
}
