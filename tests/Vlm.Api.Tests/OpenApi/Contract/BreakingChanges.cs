using System.Text.Json.Nodes;

namespace Vlm.Api.Tests.OpenApi.Contract;

/// <summary>
/// What of an OpenAPI document an old client relies on and a new one no longer keeps: routes, statuses, media types and fields that are
/// gone, and what a request must newly have.
/// </summary>
internal sealed class BreakingChanges
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

    private readonly JsonObject _old;
    private readonly JsonObject _new;
    private readonly List<string> _found = [];

    private BreakingChanges(JsonObject old, JsonObject @new) => (_old, _new) = (old, @new);

    /// <summary>Every breaking change, by its place in the document.</summary>
    public static IReadOnlyList<string> Between(JsonObject old, JsonObject @new)
    {
        BreakingChanges changes = new(old, @new);
        changes.ComparePaths();
        return changes._found;
    }

    private void ComparePaths()
    {
        foreach ((string path, JsonNode? was) in Members(_old["paths"]))
        {
            foreach (string method in Methods.Where(m => was![m] is not null))
            {
                string place = $"{method.ToUpperInvariant()} {path}";
                if (_new["paths"]?[path]?[method] is { } now)
                {
                    CompareOperation(place, was![method]!, now);
                }
                else
                {
                    _found.Add($"{place}: gone");
                }
            }
        }
    }

    private void CompareOperation(string place, JsonNode was, JsonNode now)
    {
        if (was["operationId"]?.ToString() != now["operationId"]?.ToString())
        {
            _found.Add($"{place}: operationId is another, and with it the name in generated clients");
        }

        CompareParameters(place, was, now);
        CompareContent($"{place} request", was["requestBody"]?["content"], now["requestBody"]?["content"], isRequest: true);
        if (IsTrue(now["requestBody"]?["required"]) && !IsTrue(was["requestBody"]?["required"]))
        {
            _found.Add($"{place} request: newly required");
        }

        foreach ((string status, JsonNode? answer) in Members(was["responses"]))
        {
            if (now["responses"]?[status] is { } still)
            {
                CompareContent($"{place} {status}", answer!["content"], still["content"], isRequest: false);
            }
            else
            {
                _found.Add($"{place} {status}: gone");
            }
        }
    }

    private void CompareParameters(string place, JsonNode was, JsonNode now)
    {
        foreach ((string name, JsonNode parameter) in Parameters(now))
        {
            if (!Parameters(was).TryGetValue(name, out JsonNode? known))
            {
                if (IsTrue(parameter["required"]))
                {
                    _found.Add($"{place} {name}: newly required");
                }
            }
            else
            {
                CompareSchemas($"{place} {name}", known["schema"], parameter["schema"], isRequest: true);
            }
        }

        _found.AddRange(Parameters(was).Keys.Except(Parameters(now).Keys).Select(gone => $"{place} {gone}: gone"));
    }

    private void CompareContent(string place, JsonNode? was, JsonNode? now, bool isRequest)
    {
        foreach ((string type, JsonNode? body) in Members(was))
        {
            if (now?[type] is { } still)
            {
                CompareSchemas($"{place} {type}", body!["schema"], still["schema"], isRequest);
            }
            else
            {
                _found.Add($"{place} {type}: gone");
            }
        }
    }

    private void CompareSchemas(string place, JsonNode? was, JsonNode? now, bool isRequest) =>
        _found.AddRange(new SchemaChanges(_old, _new, isRequest).Between(place, was, now));

    private static Dictionary<string, JsonNode> Parameters(JsonNode operation) =>
        operation["parameters"]?.AsArray().ToDictionary(p => $"{p!["in"]} {p["name"]}", p => p!) ?? [];

    private static JsonObject Members(JsonNode? node) => node?.AsObject() ?? [];

    private static bool IsTrue(JsonNode? node) => node?.GetValue<bool>() == true;
}
