namespace Vlm.Eval.Metrics;

/// <summary>Counts of the word sequences of one tokenised caption.</summary>
internal static class NGrams
{
    /// <summary>Longest sequence that the caption metrics look at.</summary>
    public const int MaxOrder = 4;

    /// <summary>Sequences of <paramref name="order"/> words and how often each occurs.</summary>
    public static Dictionary<string, int> Count(string[] words, int order)
    {
        Dictionary<string, int> counts = [];
        for (int i = 0; i + order <= words.Length; i++)
        {
            string gram = string.Join(' ', words, i, order);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }
}
