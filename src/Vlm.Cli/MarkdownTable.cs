namespace Vlm.Cli;

/// <summary>Tables that read well on a terminal of any width, in a file and in a document.</summary>
internal static class MarkdownTable
{
    /// <summary>Writes a table to standard output, its columns aligned.</summary>
    public static void Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<string>[] all = [header, .. rows];
        int[] widths = [.. header.Select((_, column) => all.Max(row => row[column].Length))];
        Console.WriteLine(Line(header, widths));
        Console.WriteLine(Line([.. widths.Select(width => new string('-', width))], widths));
        foreach (IReadOnlyList<string> row in all.Skip(1))
        {
            Console.WriteLine(Line(row, widths));
        }
    }

    private static string Line(IReadOnlyList<string> cells, int[] widths) =>
        $"| {string.Join(" | ", cells.Zip(widths, (cell, width) => cell.PadRight(width)))} |";
}
