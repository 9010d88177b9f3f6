using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;

namespace Vlm.Eval.Submissions;

/// <summary>MMBench's spreadsheet as LLaVA's converter writes it: columns of the input, without some, and the prediction as the seventh.</summary>
internal static class MmBenchSheet
{
    private const string Prediction = "prediction";
    private const int Place = 6;

    private static readonly string[] Dropped = ["hint", "category", "source", "image", "comment", "l2-category"];

    /// <summary>Writes every row; one without an answer has an empty prediction.</summary>
    /// <returns>How many.</returns>
    public static int Write(IEnumerable<TsvRow> rows, AnswerIndex answers, string path)
    {
        List<IReadOnlyList<object?>> cells = [];
        foreach (TsvRow row in rows)
        {
            List<string> columns = [.. row.Columns.Except(Dropped)];
            columns.Insert(Math.Min(Place, columns.Count), Prediction);
            if (cells.Count == 0)
            {
                cells.Add(columns);
            }

            cells.Add([.. columns.Select(column => Cell(row, column, answers))]);
        }

        XlsxWriter.Write(path, cells);
        return Math.Max(0, cells.Count - 1);
    }

    private static object? Cell(TsvRow row, string column, AnswerIndex answers) => column switch
    {
        "index" => row.Number(column),
        Prediction => answers[$"{row.Number("index")}"]?.Text,
        _ => row.Optional(column),
    };
}
