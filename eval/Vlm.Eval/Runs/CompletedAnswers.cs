using Vlm.Eval.Data;

namespace Vlm.Eval.Runs;

/// <summary>Answer lines in the order of their questions, as the official scripts expect them.</summary>
internal static class CompletedAnswers
{
    /// <summary>Writes the lines of logs or answer files, unchanged, in order; beside the target first, then renamed.</summary>
    /// <param name="sources">Logs or answer files.</param>
    /// <param name="target">The file.</param>
    /// <param name="expected">How many answers there must be.</param>
    /// <returns>How many there are.</returns>
    /// <exception cref="InvalidDataException">An answer is missing, there twice or damaged.</exception>
    public static int Write(IEnumerable<string> sources, string target, int expected)
    {
        (long Position, string Text)[] lines =
        [
            .. sources.SelectMany(source => JsonRecords.Lines(source))
                .Select(record => (AnswerLine.Read(record).Position, record.Value.GetRawText()))
                .OrderBy(line => line.Item1),
        ];
        int distinct = lines.Select(line => line.Position).Distinct().Count();
        if (lines.Length != expected || distinct != expected)
        {
            throw new InvalidDataException($"{target}: expected {expected} answers, found {lines.Length} to {distinct} questions.");
        }

        File.WriteAllText(target + ".tmp", string.Concat(lines.Select(line => line.Text + "\n")));
        File.Move(target + ".tmp", target, overwrite: true);
        return expected;
    }
}
