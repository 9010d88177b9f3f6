namespace Vlm.Eval.Submissions;

/// <summary>What a submission holds.</summary>
/// <param name="Questions">Of the benchmark.</param>
/// <param name="Answered">With an answer.</param>
/// <param name="Unknown">Answers that belong to no question; left out.</param>
/// <param name="Malformed">Answer lines that are no JSON; skipped, where the official converter does so.</param>
public sealed record SubmissionCounts(int Questions, int Answered, int Unknown, int Malformed)
{
    public override string ToString() =>
        $"{Answered} of {Questions} questions answered"
        + (Unknown > 0 ? $", {Unknown} answers to no question left out" : "")
        + (Malformed > 0 ? $", {Malformed} lines that are no JSON skipped" : "");
}
