using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>The most that this machine does of something, measured beside whatever it bounds: on a shared machine arithmetic and
/// bandwidth halve and double within seconds.</summary>
public sealed class Roof : IDisposable
{
    private const long GemmSize = 2048;
    private const long ReadBytes = 1L << 28;

    private readonly Tensor[] _operands;

    private Roof(string unit, double amount, Action<Tensor[]> run, params Tensor[] operands)
    {
        (Unit, Amount, _operands) = (unit, amount, operands);
        Run = () =>
        {
            using DisposeScope scope = NewDisposeScope();
            run(operands);
        };
    }

    /// <summary>Unit of <see cref="Amount"/> in 1e9 per second.</summary>
    public string Unit { get; }

    /// <summary>Operations or bytes of one run.</summary>
    public double Amount { get; }

    /// <summary>One measurement; takes some 50 ms.</summary>
    public Action Run { get; }

    /// <summary>A square product in float32, by the faster of libtorch's BLAS and our own kernel.</summary>
    /// <param name="peaks">Tell which is faster.</param>
    public static Roof Arithmetic(MachinePeaks peaks) => new(
        "GFLOP/s", 2.0 * GemmSize * GemmSize * GemmSize,
        x => peaks.Product(x[0], x[1]),
        rand(GemmSize, GemmSize), rand(GemmSize, GemmSize));

    /// <summary>Reading a buffer far larger than the caches.</summary>
    public static Roof Memory() => new("GB/s", ReadBytes, x => x[0].sum(), ones(ReadBytes / sizeof(float)));

    public void Dispose()
    {
        foreach (Tensor operand in _operands)
        {
            operand.Dispose();
        }
    }
}
