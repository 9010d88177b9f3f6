using System.Diagnostics;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>What this machine can do, measured now: the denominators of every share that the bench prints.</summary>
/// <param name="GemmGflops">Largest rate over the model's own matrix products, in 1e9 floating-point operations per second.</param>
/// <param name="ReadGigabytes">Rate of reading a buffer far larger than the caches, in 1e9 bytes per second.</param>
public sealed record MachinePeaks(double GemmGflops, double ReadGigabytes)
{
    private const int Repetitions = 5;
    private const long ReadBytes = 1L << 30;

    /// <summary>Rows, inner and outer sizes of the large products in CLIP-L and a 1.3 B LLaMA.</summary>
    private static readonly (long Rows, long Inner, long Outer)[] Shapes =
        [(577, 1024, 1024), (577, 1024, 4096), (577, 4096, 1024), (631, 2048, 2048), (631, 2048, 5632), (631, 5632, 2048), (2048, 2048, 2048)];

    /// <summary>Unit and peak of what computes.</summary>
    public (string Unit, double Peak) Gflops => ("GFLOP/s", GemmGflops);

    /// <summary>Unit and peak of what reads memory, measured now: on a shared machine it halves and doubles within minutes.</summary>
    public static (string Unit, double Peak) BandwidthNow() => ("GB/s", Read());

    /// <summary>Measures both peaks in float32 on the CPU; about three seconds.</summary>
    public static MachinePeaks Measure() => new(Shapes.Max(s => Gemm(s.Rows, s.Inner, s.Outer)), Read());

    private static double Gemm(long rows, long inner, long outer)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        Tensor x = rand(rows, inner);
        Tensor weight = rand(outer, inner);
        Tensor transposed = weight.t();
        double seconds = Fastest(() => x.matmul(transposed).Dispose());
        return 2.0 * rows * inner * outer / seconds / 1e9;
    }

    private static double Read()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        Tensor buffer = ones(ReadBytes / sizeof(float));
        double seconds = Fastest(() => buffer.sum().Dispose());
        return ReadBytes / seconds / 1e9;
    }

    /// <summary>Smallest of some repetitions after one to warm up, in seconds.</summary>
    internal static double Fastest(Action action, int repetitions = Repetitions)
    {
        action();
        double best = double.MaxValue;
        for (int i = 0; i < repetitions; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
