using System.Text;

namespace Vlm.Eval.Metrics;

/// <summary>Levenshtein distance over code points.</summary>
internal static class EditDistance
{
    /// <summary>Fewest insertions, deletions and replacements that turn one text into the other.</summary>
    public static int Between(string first, string second)
    {
        Rune[] a = [.. first.EnumerateRunes()];
        Rune[] b = [.. second.EnumerateRunes()];
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
