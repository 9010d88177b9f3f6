namespace Vlm.Eval.Metrics;

/// <summary>What a free text means as yes or no, by the rules of each official scorer.</summary>
public static class YesNoParser
{
    /// <summary>Neither yes nor no.</summary>
    public const string Other = "other";

    private const string Yes = "yes";
    private const string No = "no";
    private const int PrefixLength = 4;

    /// <summary>LLaVA's POPE script: anything without a lone No, not or no in its first sentence is yes.</summary>
    public static string PopeLlava(string text)
    {
        int period = text.IndexOf('.', StringComparison.Ordinal);
        string sentence = (period < 0 ? text : text[..period]).Replace(",", "", StringComparison.Ordinal);
        return sentence.Split(' ').Any(word => word is "No" or "not" or "no") ? No : Yes;
    }

    /// <summary>lmms-eval's POPE: the whole answer, lower case and trimmed.</summary>
    public static string PopeLmms(string text) => PythonText.Strip(PythonText.Lower(text));

    /// <summary>MME's own tool: the first four characters decide.</summary>
    public static string MmeToolkit(string text) => ByPrefix(PythonText.Lower(text));

    /// <summary>lmms-eval's MME: periods deleted, a single letter accepted.</summary>
    public static string MmeLmms(string text)
    {
        string answer = PythonText.Strip(PythonText.Lower(text)).Replace(".", "", StringComparison.Ordinal);
        return answer switch { "y" => Yes, "n" => No, _ => ByPrefix(answer) };
    }

    private static string ByPrefix(string answer)
    {
        if (answer is Yes or No)
        {
            return answer;
        }

        string prefix = PythonText.Prefix(answer, PrefixLength);
        return prefix.Contains(Yes, StringComparison.Ordinal) ? Yes : prefix.Contains(No, StringComparison.Ordinal) ? No : Other;
    }
}
