namespace Vlm.Eval.Data;

/// <summary>One line of an answer file.</summary>
/// <param name="Id">Of the question, as typed.</param>
/// <param name="Text">What the model said.</param>
/// <param name="Prompt">What it was asked, where the file says so.</param>
/// <param name="Line">For messages.</param>
public sealed record Answer(QuestionId Id, string Text, string? Prompt, int Line);

/// <summary>Answers in JSON Lines, of any origin (benchmarks.md 1.1).</summary>
public sealed record AnswerFile(string Path, IReadOnlyList<Answer> Answers)
{
    /// <summary>Lines that are no JSON; only one official script reads over them.</summary>
    public IReadOnlyList<string> Malformed { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">Missing, not UTF-8, a line without question_id or text, a wrong checksum.</exception>
    public static AnswerFile Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{path}: expected a file of answers, found none.");
        }

        List<string> malformed = [];
        List<Answer> answers = [.. JsonRecords.Lines(path, malformed.Add).Select(Parse)];
        return new AnswerFile(path, answers) { Malformed = malformed };
    }

    /// <summary>Refuses answers of which none belongs to a question.</summary>
    /// <param name="benchmark">Whose questions.</param>
    /// <param name="found">How many answers belong to one.</param>
    /// <exception cref="InvalidDataException">There are answers, and none does.</exception>
    public void RefuseStrangers(string benchmark, int found)
    {
        if (found == 0 && Answers is [var stranger, ..])
        {
            throw new InvalidDataException(
                $"{Path} line {stranger.Line}: question_id: expected questions of {benchmark}, found {stranger.Id} and no other known.");
        }
    }

    private static Answer Parse(JsonRecord record)
    {
        LineChecksum.Check(record);
        return new Answer(record.Id("question_id"), record.Text("text"), record.OptionalText("prompt"), record.Line);
    }
}
