using System.Text.RegularExpressions;

namespace Vlm.Eval.Metrics;

/// <summary>
/// Answer normalisation as the official scorers do it: the VQA toolkit (Antol et al., 2015), the m4c processor that LLaVA and
/// TextVQA use, lmms-eval, and GQA. Rules and tables: benchmarks.md section 2.
/// </summary>
public static partial class AnswerNormalizer
{
    /// <summary>A flag passed in the place of the count makes the source stop after this many periods.</summary>
    private const int MaxPeriods = 32;

    private const string AsciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private static readonly VqaTables Tables = VqaTables.Instance;

    /// <summary>VQA toolkit and server.</summary>
    public static string Official(string text) => OfficialBody(Whitespace(text));

    /// <summary>LLaVA before an upload; TextVQA; lmms-eval for VizWiz, OK-VQA and TextVQA.</summary>
    public static string M4c(string text) => DigitsArticles(Punctuation(Whitespace(WordTokenize(text)), CommasBetweenDigits()));

    /// <summary>lmms-eval for VQAv2.</summary>
    public static string LmmsVqaV2(string text) => DigitsArticles(Punctuation(Whitespace(text), CommasBetweenDigits()));

    /// <summary>LLaVA before GQA's script.</summary>
    public static string GqaLlava(string text) => PythonText.Lower(text.TrimEnd('.'));

    /// <summary>lmms-eval for GQA.</summary>
    public static string GqaLmms(string text) => string.Concat(PythonText.Lower(text).Where(c => !AsciiPunctuation.Contains(c)));

    /// <summary>The first step alone: line breaks and tabs to spaces, then trimmed.</summary>
    internal static string Whitespace(string text) => PythonText.Strip(text.Replace('\n', ' ').Replace('\t', ' '));

    /// <summary>The steps of <see cref="Official"/> behind <see cref="Whitespace"/>.</summary>
    internal static string OfficialBody(string text) => DigitsArticles(Punctuation(text, CommaBetweenDigits()));

    private static string WordTokenize(string text) => PythonText.Strip(
        PythonText.Lower(text)
            .Replace(",", "", StringComparison.Ordinal)
            .Replace("?", "", StringComparison.Ordinal)
            .Replace("'s", " 's", StringComparison.Ordinal));

    /// <summary>Tests look at the original text, changes go to a copy.</summary>
    private static string Punctuation(string text, Regex comma)
    {
        bool hasComma = text.Contains(',') && comma.IsMatch(text);
        string copy = text;
        foreach (string mark in Tables.Punctuation.Where(mark => text.Contains(mark, StringComparison.Ordinal)))
        {
            bool deletes = hasComma
                || text.Contains(mark + " ", StringComparison.Ordinal)
                || text.Contains(" " + mark, StringComparison.Ordinal);
            copy = copy.Replace(mark, deletes ? "" : " ", StringComparison.Ordinal);
        }

        return Period().Replace(copy, "", MaxPeriods);
    }

    private static string DigitsArticles(string text)
    {
        IEnumerable<string> words = PythonText.Split(PythonText.Lower(text))
            .Select(word => Tables.NumberWords.GetValueOrDefault(word, word))
            .Where(word => !Tables.Articles.Contains(word))
            .Select(word => Tables.Contractions.GetValueOrDefault(word, word));
        return string.Join(' ', words);
    }

    [GeneratedRegex(@"\d,\d")]
    private static partial Regex CommaBetweenDigits();

    [GeneratedRegex(@"(?<=\d),+(?=\d)")]
    private static partial Regex CommasBetweenDigits();

    [GeneratedRegex(@"\.(?!\d)")]
    private static partial Regex Period();
}
