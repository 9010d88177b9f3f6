using System.Diagnostics;
using System.Globalization;

namespace Vlm.Bench;

/// <summary>Times one row of the engine bench.</summary>
internal static class EngineBenchTimer
{
    /// <summary>Median of some executions after one to warm up.</summary>
    /// <param name="step">Name of the row.</param>
    /// <param name="amount">Operations or bytes of one execution.</param>
    /// <param name="measure">Unit of the rate in 1e9 per second, and the machine's peak of it.</param>
    /// <param name="action">What is timed.</param>
    /// <param name="count">Executions.</param>
    public static BenchRow Time(string step, double amount, (string Unit, double Peak) measure, Action action, int count)
    {
        action();
        double[] seconds = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        double median = seconds[count / 2];
        double rate = amount / median / 1e9;
        return new BenchRow(step, median, (seconds[^1] - seconds[0]) / median,
            string.Create(CultureInfo.InvariantCulture, $"{rate:0.0} {measure.Unit}"), rate / measure.Peak);
    }
}
