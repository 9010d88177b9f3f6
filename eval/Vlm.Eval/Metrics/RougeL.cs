namespace Vlm.Eval.Metrics;

/// <summary>ROUGE-L of one caption (Lin, 2004) as pycocoevalcap computes it: the best precision and the best recall over references.</summary>
public static class RougeL
{
    private const double Beta = 1.2;

    /// <summary>0 to 1.</summary>
    public static double Score(Caption caption)
    {
        string[] words = caption.Prediction.Split(' '); // an empty caption is one empty token
        double precision = 0;
        double recall = 0;
        foreach (string[] reference in caption.References.Select(r => r.Split(' ')))
        {
            double common = CommonLength(words, reference);
            precision = Math.Max(precision, common / words.Length);
            recall = Math.Max(recall, common / reference.Length);
        }

        return precision == 0 || recall == 0 ? 0 : (1 + (Beta * Beta)) * precision * recall / (recall + (Beta * Beta * precision));
    }

    private static int CommonLength(string[] a, string[] b)
    {
        int[] row = new int[b.Length + 1];
        foreach (string word in a)
        {
            int diagonal = 0;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = word == b[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
