using System.Text.RegularExpressions;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Benchmarks;

/// <summary>The question inside a stored TextVQA prompt, since LLaVA's ids name the picture only.</summary>
public static partial class TextVqaPrompt
{
    private const string Reference = "Reference OCR token:";

    /// <summary>The question in lower case; null where the prompt has none of the known forms.</summary>
    public static string? Question(string prompt)
    {
        string[] lines = prompt.Split('\n');
        string? question = prompt.StartsWith("OCR tokens: ", StringComparison.Ordinal)
            ? QuestionPart().Match(prompt) is { Success: true } match ? match.Groups[1].Value : null
            : prompt.Contains(Reference + " ", StringComparison.Ordinal) && lines.Length == 3
                ? prompt.StartsWith(Reference, StringComparison.Ordinal) ? lines[1] : lines[0]
                : lines.Length == 2 ? lines[0] : null;
        return question is null ? null : PythonText.Lower(question);
    }

    [GeneratedRegex("Question: (.*?) Short answer:", RegexOptions.Singleline)]
    private static partial Regex QuestionPart();
}
