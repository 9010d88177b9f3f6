namespace Vlm.Eval.Metrics;

/// <summary>VQA accuracy (Antol et al., 2015): the mean over references, each left out once, of min(1, matches / 3). 0 to 1.</summary>
public static class VqaAccuracy
{
    /// <summary>References that every TextVQA, VizWiz and VQA question has.</summary>
    public const int NumReferences = 10;

    private const double MatchesForFull = 3;

    /// <summary>VQA toolkit: compared as written, case included, where all references are the same text.</summary>
    public static double Official(string prediction, IReadOnlyList<string> references)
    {
        string[] plain = [.. references.Select(AnswerNormalizer.Whitespace)];
        string answer = AnswerNormalizer.Whitespace(prediction);
        return plain.Distinct().Count() > 1
            ? LeaveOneOut(AnswerNormalizer.OfficialBody(answer), plain.Select(AnswerNormalizer.OfficialBody))
            : LeaveOneOut(answer, plain);
    }

    /// <summary>TextVQA, and lmms-eval for VizWiz and OK-VQA.</summary>
    public static double M4c(string prediction, IReadOnlyList<string> references) =>
        LeaveOneOut(AnswerNormalizer.M4c(prediction), references.Select(AnswerNormalizer.M4c));

    /// <summary>lmms-eval for VQAv2.</summary>
    public static double LmmsVqaV2(string prediction, IReadOnlyList<string> references) =>
        LeaveOneOut(AnswerNormalizer.LmmsVqaV2(prediction), references.Select(AnswerNormalizer.LmmsVqaV2));

    private static double LeaveOneOut(string prediction, IEnumerable<string> references)
    {
        int count = 0;
        int matches = 0;
        foreach (string reference in references)
        {
            count++;
            matches += reference == prediction ? 1 : 0;
        }

        double fromMatches = matches * Math.Min(1, (matches - 1) / MatchesForFull);
        double fromOthers = (count - matches) * Math.Min(1, matches / MatchesForFull);
        return count == 0 ? 0 : (fromMatches + fromOthers) / count;
    }
}
