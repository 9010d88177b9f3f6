using System.Text.Json;
using Vlm.Eval.Data;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Benchmarks;

/// <summary>Truth of a GQA question and the groups that the official script reports.</summary>
internal sealed record GqaQuestion(
    string Id, string Answer, bool IsBalanced, IReadOnlyList<string> Groups, string? GlobalGroup, IReadOnlyList<string> Entailed)
{
    private static readonly Dictionary<string, string> SemanticNames = new()
    {
        ["attr"] = "attribute",
        ["cat"] = "category",
        ["global"] = "scene",
        ["obj"] = "object",
        ["rel"] = "relation",
    };

    private static readonly string[] NotSteps = ["exist", "query: name", "choose name"];

    /// <summary>Reads a question; only its answer must be there.</summary>
    public static GqaQuestion Read(JsonRecord record)
    {
        JsonElement? types = record.Optional("types");
        string? structural = Name(types, "structural");
        List<string> groups = [];
        if (structural is not null)
        {
            groups.AddRange([structural == "query" ? "open" : "binary", $"structural.{structural}"]);
        }

        if (Name(types, "semantic") is { } semantic)
        {
            groups.Add($"semantic.{SemanticNames.GetValueOrDefault(semantic, semantic)}");
        }

        if (record.Optional("semantic") is not null)
        {
            groups.Add($"steps.{Steps(record)}");
        }

        if (record.OptionalText("question") is { } question)
        {
            groups.Add($"words.{PythonText.Split(question).Length}");
        }

        bool isBalanced = record.Optional("isBalanced") is not { ValueKind: JsonValueKind.False };
        return new GqaQuestion(
            record.Key, record.Text("answer"), isBalanced, groups, Name(record.Optional("groups"), "global"), record.OptionalTexts("entailed"));
    }

    private static int Steps(JsonRecord record) => record.Records("semantic")
        .Select(step => $"{step.Text("operation")}: {step.OptionalText("argument")}")
        .Count(step => !NotSteps.Any(part => step.Contains(part, StringComparison.Ordinal)));

    private static string? Name(JsonElement? parent, string field) =>
        parent is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
