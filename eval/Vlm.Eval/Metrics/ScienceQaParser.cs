using System.Text.RegularExpressions;

namespace Vlm.Eval.Metrics;

/// <summary>The option that a ScienceQA answer names (benchmarks.md section 6).</summary>
public static partial class ScienceQaParser
{
    /// <summary>Index of no option: nothing that a rule can read, or a letter beyond the choices.</summary>
    public const int Failed = -1;

    private const string Letters = "ABCDE";

    /// <summary>LLaVA's script: a letter, <c>X. text</c>, or one sentence "The answer is X.". The text is not trimmed.</summary>
    public static int Llava(string text, int numChoices)
    {
        string? letter = text.Length == 1 ? text : text.Length >= 3 && text[1] == '.' && text[2] == ' ' ? text[..1] : null;
        if (letter is null || !Letters.Contains(letter, StringComparison.Ordinal))
        {
            MatchCollection sentences = Sentence().Matches(text);
            letter = sentences.Count == 1 ? sentences[0].Groups[1].Value : null;
        }

        int index = letter is null ? Failed : Letters.IndexOf(letter, StringComparison.Ordinal);
        return index < numChoices ? index : Failed;
    }

    /// <summary>lmms-eval: the letter in any case, or an upper-case first character followed by a period.</summary>
    public static bool LmmsIsCorrect(string text, int answer)
    {
        string trimmed = PythonText.Strip(text);
        char letter = (char)('A' + answer);
        return trimmed is [var only] && char.ToUpperInvariant(only) == letter || (StartsWithLetter(trimmed) && trimmed[0] == letter);
    }

    /// <summary>Whether lmms-eval's rules find any letter.</summary>
    public static bool LmmsCanRead(string text)
    {
        string trimmed = PythonText.Strip(text);
        return (trimmed.Length == 1 && char.IsAsciiLetter(trimmed[0])) || StartsWithLetter(trimmed);
    }

    private static bool StartsWithLetter(string text) => text.Length >= 2 && char.IsUpper(text[0]) && text[1] == '.';

    [GeneratedRegex("The answer is ([A-Z])[^\n]")]
    private static partial Regex Sentence();
}
