namespace Vlm.Eval.Metrics;

/// <summary>ChartQA's relaxed accuracy (Masry et al., 2022): numbers within 5 %, other texts equal but for case.</summary>
public static class RelaxedAccuracy
{
    private const double MaxRelativeChange = 0.05;

    /// <summary>lmms-eval's call: the tolerance is relative to the target. Nothing is trimmed.</summary>
    public static bool IsCorrect(string prediction, string target) =>
        (Number(prediction), Number(target)) is ({ } p, { } t and not 0)
            ? Math.Abs(p - t) / Math.Abs(t) <= MaxRelativeChange
            : PythonText.Lower(prediction) == PythonText.Lower(target);

    /// <summary>Qwen-VL's script: trims the prediction and passes the arguments in the other order.</summary>
    public static bool IsCorrectSwapped(string prediction, string target) => IsCorrect(target, PythonText.Strip(prediction));

    private static double? Number(string text) =>
        text.EndsWith('%') ? PythonText.Float(text.TrimEnd('%')) / 100 : PythonText.Float(text);
}
