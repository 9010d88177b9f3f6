using System.Diagnostics;

namespace Vlm.Bench;

/// <summary>
/// Times things in turn, again and again, so that a neighbour on the machine slows all of them alike; only ratios within
/// one turn are trusted.
/// </summary>
internal static class Alternating
{
    /// <summary>Runs every action once to warm up, then <paramref name="turns"/> times in turn.</summary>
    /// <returns>Seconds [action][turn].</returns>
    public static double[][] Time(int turns, params ReadOnlySpan<Action> actions)
    {
        double[][] seconds = new double[actions.Length][];
        for (int i = 0; i < actions.Length; i++)
        {
            seconds[i] = new double[turns];
            actions[i]();
        }

        for (int turn = 0; turn < turns; turn++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                actions[i]();
                seconds[i][turn] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        return seconds;
    }

    /// <summary>The middle value.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Ratio of the fastest turns: others on the machine only ever add to a turn, and to long ones more.</summary>
    public static double FastestRatio(double[] numerators, double[] denominators) => numerators.Min() / denominators.Min();

    /// <summary>Middle of the ratios of turns.</summary>
    public static double Ratio(double[] numerators, double[] denominators) =>
        Median(numerators.Zip(denominators, (a, b) => a / b));
}
