using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Kernels;

/// <summary>Products with stored weights and attention over a float16 cache: near float64, the same whatever is beside a row.</summary>
[Collection("live tensors")]
public class WeightKernelTests
{
    private static readonly IKernels Native = Vlm.Torch.Kernels.Default;

    // One row, few rows in unequal tiles, panels of weights with whole and broken tiles.
    private static readonly long[] Rows = [1, 3, 8, 16, 33, 47, 48, 71, 72, 191, 200];

    public static TheoryData<ScalarType> Weights => [ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16];

    public static TheoryData<ScalarType> Caches => [ScalarType.Float32, ScalarType.Float16];

    [Theory]
    [MemberData(nameof(Weights))]
    public void Linear_StoredWeights_IsNearFloat64(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach ((long inputs, long outputs) in new (long, long)[] { (64, 64), (67, 5), (2050, 70), (5000, 3) })
        {
            (Tensor x, Tensor weight, Tensor bias) = Case(type, 200, inputs, outputs);
            Tensor expected = x.to(ScalarType.Float64).matmul(weight.to(ScalarType.Float64).t()) + bias.to(ScalarType.Float64);
            foreach (long rows in Rows)
            {
                Tensor actual = Native.Linear(x.narrow(0, 0, rows), weight, bias);
                Assert.Equal(ScalarType.Float32, actual.dtype);

                // Sums of `inputs` products of order 1 in float32.
                Near(expected.narrow(0, 0, rows), actual, 1e-6 * Math.Sqrt(inputs));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void Linear_AnyRowsAndThreads_GivesARowTheSameBits(ScalarType type)
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor weight, Tensor bias) = Case(type, 200, 2050, 130);
        Tensor expected = Native.Linear(x, weight, bias);
        ForThreads(() =>
        {
            foreach (long rows in Rows)
            {
                long first = 200 - rows;
                Tensor actual = Native.Linear(x.narrow(0, first, rows), weight, bias);
                Assert.True(actual.IsSame(expected.narrow(0, first, rows)), $"{rows} rows");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void Quantize_AnyType_StaysWithinHalfAScale(ScalarType type)
    {
        using var scope = NewDisposeScope();
        double[] sizes = [0, 1e-30, 1e-6, 0.02, 1, 1e4];
        Tensor weight = cat([.. sizes.Select(size => randn([1, 64]) * size)], 0).to(type);
        (Tensor values, Tensor scales) = Native.Quantize(weight);
        (Tensor plainValues, Tensor plainScales) = new PlainKernels().Quantize(weight);
        Assert.True(values.IsSame(plainValues) && scales.IsSame(plainScales));
        double[] exact = weight.Values(), whole = values.Values(), factors = scales.Values();
        for (int i = 0; i < exact.Length; i++)
        {
            Assert.InRange(whole[i] * factors[i / 32] - exact[i], -0.5001 * factors[i / 32], 0.5001 * factors[i / 32]);
        }
    }

    [Fact]
    public void LinearInt8_AnyRowsAndThreads_IsNearFloat64WithTheSameBits()
    {
        using var scope = NewDisposeScope();
        (Tensor x, Tensor weight, Tensor bias) = Case(ScalarType.Float16, 200, 2080, 70);
        (Tensor values, Tensor scales) = Native.Quantize(weight);
        Tensor exact = new PlainKernels().LinearInt8(x.to(ScalarType.Float64), values, scales, bias.to(ScalarType.Float64));
        Tensor expected = Native.LinearInt8(x, values, scales, bias);

        // Inputs below 4 are rounded to steps of 2^-13: 2080 errors of at most half a step, times weights of order 1.
        Near(exact, expected, 5 * Math.Sqrt(2080.0 / 12) / 8192 / (1 + exact.Largest()));
        ForThreads(() =>
        {
            foreach (long rows in Rows)
            {
                Tensor actual = Native.LinearInt8(x.narrow(0, 200 - rows, rows), values, scales, bias);
                Assert.True(actual.IsSame(expected.narrow(0, 200 - rows, rows)), $"{rows} rows");
            }
        });
    }

    [Fact]
    public void LinearInt8_HardRows_KeepsSmallBlocksAndTellsNaN()
    {
        using var scope = NewDisposeScope();
        (Tensor values, Tensor scales) = Native.Quantize(cat([randn([5, 96]), zeros([1, 96])], 0));
        Tensor x = cat([randn([1, 64]) * 1e4, randn([1, 32])], 1); // one large block beside a small one
        Tensor exact = new PlainKernels().LinearInt8(x.to(ScalarType.Float64), values, scales, null);
        Tensor hard = cat([x, zeros([1, 96]), x * 1e-30, x * 1e30, full([1, 96], float.PositiveInfinity), full([1, 96], float.NaN)], 0);
        Tensor actual = Native.LinearInt8(hard, values, scales, null);
        Tensor weights = values.to(ScalarType.Float64).view(6, -1, 32) * scales.to(ScalarType.Float64).unsqueeze(-1);
        double rounding = Math.ScaleB(x.Largest(), -16) * weights.abs().sum([1, 2]).Largest(); // cpu_linear_int8.cpp
        foreach ((int row, double factor) in new[] { (0, 1.0), (1, 0.0), (2, 1e-30), (3, 1e30) })
        {
            double difference = (exact * factor - actual.narrow(0, row, 1).to(ScalarType.Float64)).Largest();
            Assert.True(difference <= factor * rounding, $"row {row}: {difference} above {factor * rounding}");
        }

        Assert.All(actual.narrow(0, 4, 2).Values(), value => Assert.True(double.IsNaN(value)));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Int8)]
    public void Linear_SeveralMatrices_GivesEachTheBitsOfItAlone(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor bias = randn([130]);
        LinearWeight[] matrices = [.. new long[] { 130, 1, 70 }.Select(outputs => Make(type, outputs, outputs == 130 ? bias : null))];
        foreach (long rows in Rows)
        {
            Tensor x = randn([rows, 96]);
            Tensor[] actual = Native.Linear(x, matrices);
            for (int i = 0; i < matrices.Length; i++)
            {
                Assert.True(actual[i].IsSame(Native.Linear(x, matrices[i])[0]), $"matrix {i}, {rows} rows");
            }
        }
    }

    [Fact]
    public void Linear_MatricesOfSeveralTypes_GivesEachTheBitsOfItAlone()
    {
        using var scope = NewDisposeScope();
        Tensor x = randn([3, 96]);
        LinearWeight[] matrices = [Make(ScalarType.Int8, 5, null), Make(ScalarType.Float16, 6, null), Make(ScalarType.Float64, 7, null)];
        Tensor[] actual = Native.Linear(x, matrices);
        Assert.All(matrices.Zip(actual), pair => Assert.True(pair.Second.IsSame(Native.Linear(x, pair.First)[0])));
    }

    [Theory]
    [MemberData(nameof(Caches))]
    public void PagedAttention_AnyChunksAndThreads_GivesARowTheSameBits(ScalarType type)
    {
        using var scope = NewDisposeScope();
        (long tokens, long heads, long kvHeads, long dim) = (150, 4, 2, 24);
        Tensor keys = randn([20, kvHeads, 8, dim]).to(type);
        Tensor values = randn([20, kvHeads, 8, dim]).to(type);
        Tensor table = tensor(Enumerable.Range(0, 20).Select(i => i * 7L % 20).ToArray(), [1, 20]);
        Tensor q = randn([tokens, heads, dim]);
        Tensor expected = Attend(0, tokens);
        ForThreads(() =>
        {
            foreach ((long first, long count) in new (long, long)[] { (0, 1), (149, 1), (0, 64), (63, 7), (70, 80), (148, 2) })
            {
                Assert.True(Attend(first, count).IsSame(expected.narrow(0, first, count)), $"{count} from {first}");
            }
        });

        Tensor Attend(long first, long count) => Native.PagedAttention(q.narrow(0, first, count), keys, values, table,
            tensor(new[] { 0, count }), tensor(new[] { first + count }), 0.2);
    }

    [Fact]
    public void PagedAttention_Float16Cache_IsNearFloat64()
    {
        using var scope = NewDisposeScope();
        Tensor keys = randn([12, 2, 8, 20]).to(ScalarType.Float16);
        Tensor values = randn([12, 2, 8, 20]).to(ScalarType.Float16);
        Tensor q = randn([33, 4, 20]);
        Tensor tables = arange(12).view(2, 6);
        (Tensor starts, Tensor lengths) = (tensor(new long[] { 0, 30, 33 }), tensor(new long[] { 30, 41 }));
        Tensor expected = new PlainKernels().PagedAttention(q.to(ScalarType.Float64), keys.to(ScalarType.Float64),
            values.to(ScalarType.Float64), tables, starts, lengths, 0.3);
        Near(expected, Native.PagedAttention(q, keys, values, tables, starts, lengths, 0.3), 1e-6);
    }

    [Fact]
    public void Attention_AnyRowsOfABatch_GivesThemTheSameBits()
    {
        using var scope = NewDisposeScope();
        Tensor q = randn([2, 3, 400, 20]);
        Tensor k = randn([2, 3, 130, 20]);
        Tensor v = randn([2, 3, 130, 20]);
        Tensor bias = rand(2, 130);
        Tensor expected = Native.Attention(q, k, v, 0.3, bias);
        Tensor part = Native.Attention(q.narrow(2, 17, 5), k, v, 0.3, bias);
        Assert.True(part.IsSame(expected.narrow(2, 17, 5)));
    }

    [Fact]
    public void WriteCache_Float16Cache_RoundsAsLibtorch()
    {
        using var scope = NewDisposeScope();
        Tensor k = randn([3, 2, 21]) * 1e3;
        Tensor v = cat([randn([2, 2, 21]) * 1e-6, full([1, 2, 21], 1e6)], 0);
        Tensor[] caches = [zeros([4, 2, 1, 21], ScalarType.Float16), zeros([4, 2, 1, 21], ScalarType.Float16)];
        Native.WriteCache(caches[0], caches[1], k, v, tensor(new long[] { 3, 0, 1 }));
        Assert.True(caches[0].index_select(0, tensor(new long[] { 3, 0, 1 })).squeeze(2).IsSame(k.to(ScalarType.Float16)));
        Assert.True(caches[1].index_select(0, tensor(new long[] { 3, 0, 1 })).squeeze(2).IsSame(v.to(ScalarType.Float16)));
    }

    // The same draws every time: bounds of five deviations do not hold for all.
    private static (Tensor X, Tensor Weight, Tensor Bias) Case(ScalarType type, long rows, long inputs, long outputs)
    {
        using var generator = new Generator(1);
        return (
            randn([rows, inputs], generator: generator),
            randn([outputs, inputs], generator: generator).to(type),
            randn([outputs], generator: generator));
    }

    private static LinearWeight Make(ScalarType type, long outputs, Tensor? bias)
    {
        Tensor weight = randn([outputs, 96]);
        if (type != ScalarType.Int8)
        {
            return new LinearWeight(weight.to(type), null, bias);
        }

        (Tensor values, Tensor scales) = Native.Quantize(weight);
        return new LinearWeight(values, scales, bias);
    }

    private static void ForThreads(Action check)
    {
        int before = get_num_threads();
        try
        {
            foreach (int threads in new[] { 1, 2, 3 })
            {
                set_num_threads(threads);
                check();
            }
        }
        finally
        {
            set_num_threads(before);
        }
    }

    private static void Near(Tensor expected, Tensor actual, double tolerance)
    {
        double difference = (expected - actual.to(ScalarType.Float64)).Largest();
        Assert.True(difference <= tolerance * (1 + expected.Largest()), $"largest difference {difference}");
    }
}
