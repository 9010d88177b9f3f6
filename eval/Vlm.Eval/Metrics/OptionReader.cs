namespace Vlm.Eval.Metrics;

/// <summary>The option letter that an MMBench answer names, by the rules of the official tool before it asks a judge model.</summary>
public static class OptionReader
{
    private const string Letters = "ABCDE";
    private const int LongestWithArticle = 3;

    private static readonly (string Before, string After)[] Decorations =
    [
        ("", "."), ("", ","), ("", ":"), ("", ")"), ("", ")."), ("(", ")"), ("(", ")."),
        (":", ""), (":", ","), (":", "."), (":", ")"), (":", ")."),
    ];

    /// <summary>Reads an answer.</summary>
    /// <param name="text">The model's output.</param>
    /// <param name="options">Letter to text of the options that the row has.</param>
    /// <returns>A letter, or null where no rule decides.</returns>
    public static string? Read(string text, IReadOnlyDictionary<string, string> options) => ReadLetter(text) ?? ReadText(text, options);

    private static string? ReadLetter(string text)
    {
        string[] tokens = PythonText.Split(text);
        bool articlePossible = tokens.Contains("A") && tokens.Length > LongestWithArticle;
        string? bare = articlePossible ? null : Only(letter => tokens.Contains(letter));
        return bare ?? Decorations
            .Select(mark => Only(letter => tokens.Contains(mark.Before + letter + mark.After)))
            .FirstOrDefault(letter => letter is not null);
    }

    private static string? ReadText(string text, IReadOnlyDictionary<string, string> options)
    {
        string answer = PythonText.Lower(text);
        string[] found = [.. options.Where(o => answer.Contains(PythonText.Lower(o.Value), StringComparison.Ordinal)).Select(o => o.Key)];
        return found.Length == 1 ? found[0] : null;
    }

    private static string? Only(Func<string, bool> isThere)
    {
        string[] found = [.. Letters.Select(letter => letter.ToString()).Where(isThere)];
        return found.Length == 1 ? found[0] : null;
    }
}
