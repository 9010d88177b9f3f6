using System.Globalization;

namespace Vlm.Eval.Data;

/// <summary>
/// Tab-separated rows under a header, quoted as CSV is, with pandas' idea of a missing value (<c>read_csv</c>, whole fields only).
/// </summary>
public static class TsvFile
{
    private static readonly HashSet<string> Missing =
    [
        "", "nan", "NaN", "-nan", "-NaN", "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "null", "NULL", "None",
        "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
    ];

    /// <summary>The rows, one at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="required">Columns that must be there.</param>
    /// <exception cref="InvalidDataException">A column is missing, a row has another length, or the file is not UTF-8.</exception>
    public static IEnumerable<TsvRow> Read(string path, params string[] required)
    {
        using StreamReader reader = Utf8File.Open(path);
        TsvReader rows = new(path, reader);
        List<string> header = rows.Next() ?? throw new InvalidDataException($"{path}: expected a header line, found an empty file.");
        Dictionary<string, int> columns = header.Select((name, i) => (name, i)).DistinctBy(c => c.name).ToDictionary();
        if (required.FirstOrDefault(name => !columns.ContainsKey(name)) is { } absent)
        {
            throw new InvalidDataException($"{path} line 1: expected a column {absent}, found {string.Join(", ", header)}.");
        }

        while (rows.Next() is { } fields)
        {
            yield return fields.Count == header.Count
                ? new TsvRow(path, rows.RowLine, columns, [.. fields.Zip(header, (field, name) => Decode(field, name, rows.RowLine))])
                : throw new InvalidDataException($"{path} line {rows.RowLine}: expected {header.Count} fields, found {fields.Count}.");
        }

        string Decode(string field, string name, int line) =>
            Utf8File.Decode(field) ?? throw new InvalidDataException($"{path} line {line}: {name}: expected UTF-8, found other bytes.");
    }

    internal static bool IsMissing(string field) => Missing.Contains(field);
}

/// <summary>One row.</summary>
public sealed class TsvRow(string file, int line, IReadOnlyDictionary<string, int> columns, IReadOnlyList<string> fields)
{
    /// <summary>Names of the columns, in order.</summary>
    public IEnumerable<string> Columns => columns.Keys;

    /// <summary>A field that must be there.</summary>
    public string Text(string column) => Optional(column) ?? throw Error(column, "a value", "none");

    /// <summary>A field, or null where the column is absent or the value counts as missing.</summary>
    public string? Optional(string column) =>
        columns.TryGetValue(column, out int i) && !TsvFile.IsMissing(fields[i]) ? fields[i] : null;

    /// <summary>An integer that must be there.</summary>
    public long Number(string column) =>
        long.TryParse(Text(column), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : throw Error(column, "an integer", Text(column));

    /// <summary>An error in one field of this row.</summary>
    public InvalidDataException Error(string column, string expected, string found) =>
        new($"{file} line {line}: {column}: expected {expected}, found {found}.");
}
