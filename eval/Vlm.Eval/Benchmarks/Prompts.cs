using Vlm.Eval.Metrics;

namespace Vlm.Eval.Benchmarks;

/// <summary>Sentences behind the questions, one wording each (prompts.json).</summary>
internal static class Prompts
{
    public const string Short = "\nAnswer the question using a single word or phrase.";
    public const string OptionLetter = "\nAnswer with the option's letter from the given choices directly.";
    public const string Unanswerable = "\nWhen the provided information is insufficient, respond with 'Unanswerable'." + Short;

    /// <summary><c>A. text</c> lines.</summary>
    public static string Options(IEnumerable<string> texts) => string.Join('\n', texts.Select((text, i) => $"{(char)('A' + i)}. {text}"));

    /// <summary>Python's <c>str.capitalize()</c>: the first character upper case, the rest lower.</summary>
    public static string Capitalize(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + PythonText.Lower(text)[PythonText.Lower(text[..1]).Length..];
}
