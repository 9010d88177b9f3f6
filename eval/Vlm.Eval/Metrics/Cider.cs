namespace Vlm.Eval.Metrics;

/// <summary>
/// CIDEr-D (Vedantam et al., 2015) as pycocoevalcap computes it; document frequencies come from the references of the whole set.
/// </summary>
public static class Cider
{
    private const double Sigma = 6;
    private const double Scale = 10;

    /// <summary>One score per caption, in order.</summary>
    public static double[] Scores(IReadOnlyList<Caption> captions)
    {
        Vector[][] references = [.. captions.Select(caption => caption.References.Select(Grams).ToArray())];
        Dictionary<string, int> frequency = DocumentFrequency(references);
        double logImages = Math.Log(captions.Count);
        foreach (Vector vector in references.SelectMany(r => r))
        {
            vector.Weigh(frequency, logImages);
        }

        return [.. captions.Select((caption, i) =>
        {
            Vector prediction = Grams(caption.Prediction);
            prediction.Weigh(frequency, logImages);
            return Scale * references[i].Sum(reference => Similarity(prediction, reference)) / references[i].Length;
        })];
    }

    private static Vector Grams(string caption)
    {
        string[] words = PythonText.Split(caption);
        return new Vector(
            [.. Enumerable.Range(1, NGrams.MaxOrder)
                .Select(order => NGrams.Count(words, order).ToDictionary(gram => gram.Key, gram => (double)gram.Value))],
            Math.Max(0, words.Length - 1)); // the source takes the number of pairs for the length
    }

    private static Dictionary<string, int> DocumentFrequency(Vector[][] references)
    {
        Dictionary<string, int> frequency = [];
        foreach (Vector[] image in references)
        {
            foreach (string gram in image.SelectMany(vector => vector.Weights).SelectMany(order => order.Keys).Distinct())
            {
                frequency[gram] = frequency.GetValueOrDefault(gram) + 1;
            }
        }

        return frequency;
    }

    /// <summary>Mean over the orders of the clipped cosine, less the longer one's excess.</summary>
    private static double Similarity(Vector prediction, Vector reference)
    {
        double difference = prediction.Length - reference.Length;
        double penalty = Math.Exp(-difference * difference / (2 * Sigma * Sigma));
        double sum = 0;
        for (int n = 0; n < NGrams.MaxOrder; n++)
        {
            double product = prediction.Weights[n].Sum(gram =>
                reference.Weights[n].TryGetValue(gram.Key, out double weight) ? Math.Min(gram.Value, weight) * weight : 0);
            double norms = prediction.Norms[n] * reference.Norms[n];
            sum += (norms == 0 ? product : product / norms) * penalty;
        }

        return sum / NGrams.MaxOrder;
    }

    /// <summary>Weights per order, their norms, and the caption's length.</summary>
    private sealed record Vector(Dictionary<string, double>[] Weights, int Length)
    {
        public double[] Norms { get; } = new double[NGrams.MaxOrder];

        public void Weigh(Dictionary<string, int> frequency, double logImages)
        {
            for (int n = 0; n < Weights.Length; n++)
            {
                foreach (string gram in Weights[n].Keys)
                {
                    Weights[n][gram] *= logImages - Math.Log(Math.Max(1, frequency.GetValueOrDefault(gram)));
                }

                Norms[n] = Math.Sqrt(Weights[n].Values.Sum(weight => weight * weight));
            }
        }
    }
}
