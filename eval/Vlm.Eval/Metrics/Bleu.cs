namespace Vlm.Eval.Metrics;

/// <summary>
/// BLEU (Papineni et al., 2002) over a corpus as pycocoevalcap computes it: sums of one vector per caption, so that any set of
/// captions is scored from the sum of their vectors.
/// </summary>
public static class Bleu
{
    private const double Tiny = 1e-15;
    private const double Small = 1e-9;

    /// <summary>Entries of a caption's vector: correct and guessed sequences per order, length, reference length.</summary>
    public const int VectorLength = (2 * NGrams.MaxOrder) + 2;

    /// <summary>What one caption adds.</summary>
    public static double[] Vector(Caption caption)
    {
        string[] words = PythonText.Split(caption.Prediction);
        string[][] references = [.. caption.References.Select(PythonText.Split)];
        double[] vector = new double[VectorLength];
        for (int order = 1; order <= NGrams.MaxOrder; order++)
        {
            vector[order - 1] = Correct(words, references, order);
            vector[NGrams.MaxOrder + order - 1] = Math.Max(0, words.Length - order + 1);
        }

        vector[^2] = words.Length;
        vector[^1] = references.Select(r => r.Length).OrderBy(length => Math.Abs(length - words.Length)).ThenBy(length => length).First();
        return vector;
    }

    /// <summary>BLEU-1 to BLEU-4, 0 to 1, from summed vectors.</summary>
    public static double[] Scores(ReadOnlySpan<double> sums)
    {
        double ratio = (sums[^2] + Tiny) / (sums[^1] + Small);
        double brevity = ratio < 1 ? Math.Exp(1 - (1 / ratio)) : 1;
        double[] scores = new double[NGrams.MaxOrder];
        double product = 1;
        for (int order = 1; order <= NGrams.MaxOrder; order++)
        {
            product *= (sums[order - 1] + Tiny) / (sums[NGrams.MaxOrder + order - 1] + Small);
            scores[order - 1] = Math.Pow(product, 1.0 / order) * brevity;
        }

        return scores;
    }

    private static int Correct(string[] words, string[][] references, int order)
    {
        Dictionary<string, int> most = [];
        foreach ((string gram, int count) in references.SelectMany(r => NGrams.Count(r, order)))
        {
            most[gram] = Math.Max(count, most.GetValueOrDefault(gram));
        }

        return NGrams.Count(words, order).Sum(gram => Math.Min(gram.Value, most.GetValueOrDefault(gram.Key)));
    }
}
