using TorchSharp;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>What this machine can do, measured at the start.</summary>
/// <param name="BlasGflops">Largest rate of libtorch's sgemm over the model's own matrix products, in 1e9 floating-point operations per second.</param>
/// <param name="OwnGflops">The same of our own kernels.</param>
/// <param name="ReadGigabytes">Rate of reading a buffer far larger than the caches, in 1e9 bytes per second.</param>
public sealed record MachinePeaks(double BlasGflops, double OwnGflops, double ReadGigabytes)
{
    private const int Repetitions = 5;

    /// <summary>Rows, inner and outer sizes of the large products in CLIP-L and a 1.3 B LLaMA.</summary>
    private static readonly (long Rows, long Inner, long Outer)[] Shapes =
        [(577, 1024, 1024), (577, 1024, 4096), (577, 4096, 1024), (631, 2048, 2048), (631, 2048, 5632), (631, 5632, 2048), (2048, 2048, 2048)];

    /// <summary>The faster product of [T, in] and [out, in].</summary>
    internal Func<Tensor, Tensor, Tensor> Product => OwnGflops > BlasGflops ? Own : Blas;

    /// <summary>Measures the peaks in float32 on the CPU; about five seconds.</summary>
    public static MachinePeaks Measure()
    {
        using var noGradients = inference_mode();
        using Roof memory = Roof.Memory();
        return new(Shapes.Max(s => Gemm(s, Blas)), Shapes.Max(s => Gemm(s, Own)), memory.Amount / Fastest(memory.Run) / 1e9);
    }

    private static Tensor Blas(Tensor x, Tensor weight) => x.matmul(weight.t());

    private static Tensor Own(Tensor x, Tensor weight) => Kernels.Default.Linear(x, weight, null);

    private static double Gemm((long Rows, long Inner, long Outer) shape, Func<Tensor, Tensor, Tensor> multiply)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor weight) = (rand(shape.Rows, shape.Inner), rand(shape.Outer, shape.Inner));
        double seconds = Fastest(() =>
        {
            using DisposeScope call = NewDisposeScope();
            multiply(x, weight);
        });
        return 2.0 * shape.Rows * shape.Inner * shape.Outer / seconds / 1e9;
    }

    // Smallest of some repetitions after one to warm up, in seconds.
    private static double Fastest(Action action) => Alternating.Time(Repetitions, action)[0].Min();
}
