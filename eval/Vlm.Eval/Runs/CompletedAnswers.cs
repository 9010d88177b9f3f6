using Vlm.Eval.Data;

namespace Vlm.Eval.Runs;

/// <summary>Answer lines in the order of their questions, as the official scripts expect them.</summary>
internal static class CompletedAnswers
{
    /// <summary>Writes the lines of logs or answer files, unchanged, in order; beside the target first, then renamed.</summary>
    public static void Write(IEnumerable<string> sources, string target)
    {
        IEnumerable<string> lines = sources.SelectMany(source => JsonRecords.Lines(source))
            .Select(record => (AnswerLine.Read(record).Position, Line: record.Value.GetRawText()))
            .OrderBy(line => line.Position)
            .Select(line => line.Line + "\n");
        File.WriteAllText(target + ".tmp", string.Concat(lines));
        File.Move(target + ".tmp", target, overwrite: true);
    }

    public static void Write(string source, string target) => Write([source], target);
}
