namespace Vlm.Eval.Metrics;

/// <summary>
/// The extractor that newer lmms-eval offers instead of a judge model (its task <c>mmbench_en_dev_static</c>): of all places where an option's letter
/// stands, the most telling kind decides, and the latest within a kind.
/// </summary>
public static class StaticOptionReader
{
    private const string Trimmed = ",.!?;:'\"";
    private const int Start = 10;
    private const int End = 9;
    private const int BehindPhrase = 7;

    private static readonly string[] Phrases = ["answer is", "answer:", "option is", "choice is"];

    private static readonly (int Kind, string Before, string After)[] Decorations =
        [(6, "(", ")"), (5, "", "."), (4, "", ":"), (3, "", ")"), (2, "", " "), (0, "", "")];

    /// <summary>Reads an answer.</summary>
    /// <param name="text">The model's output.</param>
    /// <param name="letters">Letters of the options that the row has.</param>
    /// <returns>A letter, or null where none stands anywhere.</returns>
    public static string? Read(string text, IEnumerable<string> letters)
    {
        string answer = Trimmed.Aggregate(PythonText.Strip(text), (rest, mark) => rest.Trim(mark));
        return answer.Length == 0 ? null : letters
            .SelectMany(letter => Places($" {answer} ", letter).Select(place => (place.Kind, place.At, Letter: letter)))
            .Where(place => place.At >= 0)
            .OrderBy(place => place.Kind).ThenBy(place => place.At)
            .Select(place => place.Letter)
            .LastOrDefault();
    }

    private static IEnumerable<(int Kind, int At)> Places(string answer, string letter)
    {
        if (answer.StartsWith(" " + letter, StringComparison.Ordinal) && !char.IsLetter(answer[2]))
        {
            yield return (Start, 1);
        }

        if (answer.EndsWith(letter + " ", StringComparison.Ordinal) && !char.IsLetter(answer[^3]))
        {
            yield return (End, answer.Length - 2);
        }

        foreach (string phrase in Phrases)
        {
            int at = answer.IndexOf(phrase, StringComparison.OrdinalIgnoreCase);
            yield return (BehindPhrase, at < 0 ? at : answer.IndexOf(letter, at + phrase.Length, StringComparison.Ordinal));
        }

        foreach ((int kind, string before, string after) in Decorations)
        {
            yield return (kind, answer.LastIndexOf(before + letter + after, StringComparison.Ordinal));
        }
    }
}
