using System.Globalization;

namespace Vlm.Eval.Golden;

/// <summary>Comparisons that name what differs and where.</summary>
internal static class Compare
{
    /// <summary>Requires equal sequences; names the first position that differs.</summary>
    public static void SameItems<T>(string subject, IReadOnlyList<T> expected, IReadOnlyList<T> found)
    {
        int at = 0;
        while (at < expected.Count && at < found.Count && EqualityComparer<T>.Default.Equals(expected[at], found[at]))
        {
            at++;
        }

        if (at < expected.Count || at < found.Count)
        {
            throw new MismatchException(
                $"{subject}[{at}]: expected {Item(expected, at)} of {expected.Count}, found {Item(found, at)} of {found.Count}");
        }
    }

    /// <summary>Requires equal values.</summary>
    public static void Equal<T>(string subject, T expected, T found)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, found))
        {
            throw new MismatchException($"{subject}: expected {expected}, found {found}");
        }
    }

    /// <summary>Requires equal lengths and a largest absolute difference of at most <paramref name="tolerance"/>; returns that difference.</summary>
    public static double Near(string subject, ReadOnlySpan<double> expected, ReadOnlySpan<double> found, double tolerance)
    {
        Equal(subject + " length", expected.Length, found.Length);
        double worst = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - found[i]);
            if (!(difference <= tolerance))
            {
                throw new MismatchException(string.Create(CultureInfo.InvariantCulture,
                    $"{subject}[{i}]: expected {expected[i]:g9} within {tolerance:g3}, found {found[i]:g9}"));
            }

            worst = Math.Max(worst, difference);
        }

        return worst;
    }

    private static string Item<T>(IReadOnlyList<T> items, int at) => at < items.Count ? $"{items[at]}" : "nothing";
}
