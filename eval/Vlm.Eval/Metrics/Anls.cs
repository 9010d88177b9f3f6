namespace Vlm.Eval.Metrics;

/// <summary>Average normalised Levenshtein similarity of one answer (Biten et al., 2019), 0 or 0.5 to 1.</summary>
public static class Anls
{
    private const double Threshold = 0.5;

    /// <summary>lmms-eval: white space collapsed for the distance, lengths of the upper-cased raw texts.</summary>
    public static double Lmms(string prediction, IReadOnlyList<string> references) => Thresholded(references.Max(reference =>
    {
        int length = Math.Max(PythonText.UpperLength(prediction), PythonText.UpperLength(reference));
        return length == 0 ? 1 : 1 - (EditDistance.Between(Collapse(prediction), Collapse(reference)) / (double)length);
    }));

    /// <summary>ST-VQA as in LLaVA's m4c evaluator: trimmed and lower case.</summary>
    public static double M4cStVqa(string prediction, IReadOnlyList<string> references) => references.Max(reference =>
    {
        string a = PythonText.Strip(PythonText.Lower(prediction));
        string b = PythonText.Strip(PythonText.Lower(reference));
        int length = Math.Max(PythonText.Length(a), PythonText.Length(b));
        return length == 0 ? 1 : Thresholded(1 - (EditDistance.Between(a, b) / (double)length));
    });

    private static double Thresholded(double similarity) => similarity < Threshold ? 0 : similarity;

    private static string Collapse(string text) => string.Join(' ', PythonText.Split(PythonText.Lower(text)));
}
