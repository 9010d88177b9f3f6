using Vlm.Testing;
using Vlm.Torch.Native;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Kernels;

/// <summary>Means of cosines: near the plain operations; the same bits in any batch and on any number of threads.</summary>
[Collection("live tensors")]
public class CosineKernelTests
{
    private static readonly IKernels Kernel = Vlm.Torch.Kernels.Default;
    private static readonly PlainKernels Plain = new();

    // One token, broken and whole tiles, and panels of 32 and 64 tokens with broken ones behind.
    private static readonly (long Batch, long Tokens, long Size)[] Shapes =
        [(1, 1, 1), (2, 5, 3), (1, 6, 16), (3, 33, 20), (2, 64, 64), (1, 65, 67), (2, 200, 8)];

    public static TheoryData<ScalarType> Types => [ScalarType.Float64, ScalarType.Float32];

    [Theory]
    [MemberData(nameof(Types))]
    public void MeanOfCosines_AnyShape_MatchesPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach ((long batch, long tokens, long size) in Shapes)
        {
            Tensor x = randn([batch, tokens + 1, size], type).narrow(1, 1, tokens); // as patches behind a class token
            Close(Plain.MeanEluOfCosines(x, 0.2, 0.7, 0.5), Kernel.MeanEluOfCosines(x, 0.2, 0.7, 0.5), type);
            Close(Plain.MeanEluOfCosines(x, -0.1, 0, 0), Kernel.MeanEluOfCosines(x, -0.1, 0, 0), type);
            Close(Plain.MeanBellOfCosines(x, 3), Kernel.MeanBellOfCosines(x, 3), type);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void MeanElu_TwoTokens_EqualsHandWorkedValues(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor([3.0, 0, 1, 1, 0, 0]).view(1, 3, 2).to(type); // cosines 1, sqrt(1/2) and 0 with the zero vector

        double[] energies = Kernel.MeanEluOfCosines(x, 0.5, 2, 0.25).Values();

        double far = 2 * (Math.Exp(-0.5) - 1), near = Math.Sqrt(0.5) - 0.25, self = 0.75;
        Assert.Equal((self + near + far) / 3, energies[0], 6);
        Assert.Equal((near + self + far) / 3, energies[1], 6);
        Assert.Equal(far, energies[2], 6);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void MeanElu_NaN_IsNaN(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor x = full([1, 70, 4], double.NaN, type);

        Assert.All(Kernel.MeanEluOfCosines(x, 0, 1, 0).Values(), energy => Assert.Equal(double.NaN, energy));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Cosines_AnyBatchAndThreads_GiveTheSameBits(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor x = randn([3, 200, 33], type);
        Tensor energies = Kernel.MeanEluOfCosines(x, 0.1, 1, 0);
        (Tensor cosines, _) = Kernel.LowerRankedCosines(x, false);
        int threads = get_num_threads();
        try
        {
            foreach (int count in new[] { 1, 2, 3 })
            {
                set_num_threads(count);
                Tensor last = x.narrow(0, 2, 1);
                Assert.True(Kernel.MeanEluOfCosines(last, 0.1, 1, 0).IsSame(energies.narrow(0, 2, 1)));
                Assert.True(Kernel.LowerRankedCosines(last, false).Cosines.IsSame(cosines.narrow(0, 2, 1)));
            }
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Cosines_OtherTypesAndShapes_AreSaidOrTakenByPlainOperations()
    {
        using var scope = NewDisposeScope();
        Tensor half = randn([1, 4, 8], ScalarType.Float32).to(ScalarType.BFloat16);

        Assert.Equal(ScalarType.BFloat16, Kernel.MeanBellOfCosines(half, 1).dtype);
        Assert.Contains(
            "mean elu of cosines: expected float32 or float64 [B, tokens, C] on the CPU, found CPUFloatType [4, 8]",
            Assert.Throws<TorchException>(() => Kernel.MeanEluOfCosines(ones(4, 8), 0, 1, 0)).Message,
            StringComparison.Ordinal);
    }

    private static void Close(Tensor expected, Tensor actual, ScalarType type)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        double largest = (expected - actual).Largest();
        Assert.True(largest <= (type == ScalarType.Float64 ? 1e-14 : 2e-6), $"largest difference {largest}");
    }
}
