using System.Text.Json;

namespace Vlm.Core.Engine.Constraints;

/// <summary>Values of keywords, checked.</summary>
internal static class SchemaReader
{
    private const int MaxRepeats = 4096;

    /// <summary>The elements of an array, each with its path.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static IEnumerable<(JsonElement Value, string Path)> Elements(JsonElement array, string path) =>
        array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray().Select((value, i) => (value, $"{path}[{i}]"))
            : throw new ArgumentException($"{path}: expected an array, found {array.ValueKind}.");

    /// <summary>The elements of an array that has some.</summary>
    /// <exception cref="ArgumentException">It is none, or empty.</exception>
    public static IEnumerable<(JsonElement Value, string Path)> Items(JsonElement array, string path) =>
        array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > 0
            ? Elements(array, path)
            : throw new ArgumentException($"{path}: expected an array with something in it, found {array.ValueKind}.");

    /// <summary>A string.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static string Text(JsonElement value, string path) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new ArgumentException($"{path}: expected a string, found {value.ValueKind}.");

    /// <summary>A number.</summary>
    /// <exception cref="ArgumentException">It is none, or one of too many digits.</exception>
    public static DecimalNumber Number(JsonElement value, string path) => value.ValueKind == JsonValueKind.Number
        ? DecimalNumber.Read(value, path)
        : throw new ArgumentException($"{path}: expected a number, found {value.ValueKind}.");

    /// <summary>The greatest of the least numbers and the least of the greatest that parts ask for.</summary>
    /// <exception cref="ArgumentException">One is no count, or a part asks for less at most than at least.</exception>
    public static (int Min, int? Max) Bounds(IReadOnlyList<SchemaPart> parts, string least, string most)
    {
        var (min, max) = (0, (int?)null);
        foreach (var part in parts)
        {
            var (ownMin, ownMax) = (Count(part, least) ?? 0, Count(part, most));
            if (ownMax < ownMin)
            {
                throw new ArgumentException($"{part.Path}.{most}: expected at least {least} ({ownMin}), found {ownMax}.");
            }

            (min, max) = (Math.Max(min, ownMin), ownMax < max || max is null ? ownMax ?? max : max);
        }

        return (min, max);
    }

    private static int? Count(SchemaPart part, string keyword)
    {
        if (!part.TryGet(keyword, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count is >= 0 and <= MaxRepeats
            ? count
            : throw new ArgumentException($"{part.Path}.{keyword}: expected a whole number from 0 to {MaxRepeats}, found {value}.");
    }
}
