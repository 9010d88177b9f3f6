using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <summary>The values that enum and const name.</summary>
internal static class SchemaValues
{
    private static readonly string[] Beside = ["enum", "const", "type"];

    /// <summary>The values that all parts name, of the given types; null where none names any.</summary>
    /// <exception cref="ArgumentException">Parts restrict the values further.</exception>
    public static IReadOnlyList<JsonElement>? Of(IReadOnlyList<SchemaPart> parts, IReadOnlyList<string>? types, CompileBudget budget)
    {
        List<JsonElement>? values = null;
        foreach (var part in parts)
        {
            if (part.TryGet("const", out var constant))
            {
                values = Common(values, [constant], budget);
            }

            if (part.TryGet("enum", out var listed))
            {
                values = Common(values, [.. SchemaReader.Items(listed, part.Path + ".enum").Select(item => item.Value)], budget);
            }
        }

        if (values is not null && parts.FirstOrDefault(part => part.Keywords.Except(Beside).Any()) is { Path: not null } other)
        {
            throw new ArgumentException(
                $"{other.Path}: expected enum and const without other keywords that restrict, found {string.Join(", ", other.Keywords.Except(Beside))}.");
        }

        return types is null ? values : values?.FindAll(value => types.Any(type => SchemaTypes.Is(value, type)));
    }

    private static List<JsonElement> Common(List<JsonElement>? values, List<JsonElement> others, CompileBudget budget)
    {
        budget.Spend((values?.Count ?? 0) * others.Count);
        return values is null ? others : values.FindAll(value => others.Exists(other => JsonElement.DeepEquals(value, other)));
    }
}
