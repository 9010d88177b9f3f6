using System.Globalization;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>Times rows of the engine bench, each execution beside a measurement of its roof.</summary>
public sealed class EngineBenchTimer(MachinePeaks peaks, int repetitions) : IDisposable
{
    private readonly Roof _arithmetic = Roof.Arithmetic(peaks);
    private readonly Roof _memory = Roof.Memory();

    /// <summary>A row that computes.</summary>
    /// <param name="step">Name of the row.</param>
    /// <param name="flops">Floating-point operations of one execution.</param>
    /// <param name="action">What is timed.</param>
    public BenchRow Computes(string step, double flops, Action action) => Time(step, flops, _arithmetic, action, repetitions);

    /// <summary>A row that reads memory.</summary>
    /// <param name="step">Name of the row.</param>
    /// <param name="bytes">What one execution must read.</param>
    /// <param name="action">What is timed.</param>
    /// <param name="executions">Timed executions, at least.</param>
    public BenchRow Reads(string step, double bytes, Action action, int executions = 0) =>
        Time(step, bytes, _memory, action, Math.Max(executions, repetitions));

    /// <summary>Rows that take turns; each one's share is of the first one's time.</summary>
    public BenchRow[] InTurn(params (string Step, Action Action)[] rows)
    {
        using var noGradients = inference_mode();
        double[][] seconds = Alternating.Time(repetitions, [.. rows.Select(row => row.Action)]);
        return [.. rows.Select((row, i) => Row(row.Step, seconds[i], "of the first", Alternating.Ratio(seconds[i], seconds[0])))];
    }

    public void Dispose()
    {
        _arithmetic.Dispose();
        _memory.Dispose();
    }

    private static BenchRow Time(string step, double amount, Roof roof, Action action, int count)
    {
        using var noGradients = inference_mode();
        // The first run of the roof only brings its pages back: after a long step the system may have marked them as unused.
        double[][] seconds = Alternating.Time(count, roof.Run, roof.Run, action);
        (double[] roofs, double[] actions) = (seconds[1], seconds[2]);
        double rate = amount / Alternating.Median(actions) / 1e9;
        return Row(
            step, actions, string.Create(CultureInfo.InvariantCulture, $"{rate:0.0} {roof.Unit}"),
            Alternating.Ratio(roofs, actions) * amount / roof.Amount);
    }

    private static BenchRow Row(string step, double[] seconds, string rate, double share)
    {
        double median = Alternating.Median(seconds);
        return new BenchRow(step, median, (seconds.Max() - seconds.Min()) / median, rate, share);
    }
}
