using System.Runtime.InteropServices;
using TorchSharp;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Kernels;

/// <summary>Native against plain kernels, over element types and odd shapes.</summary>
[Collection("live tensors")]
public class KernelTests
{
    private static readonly IKernels Native = Vlm.Torch.Kernels.Default;
    private static readonly PlainKernels Plain = new();

    public static TheoryData<ScalarType> Types => [ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16];

    [Theory]
    [MemberData(nameof(Types))]
    public void Linear_AnyRows_MatchesPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (long[] shape in new long[][] { [1, 64], [3, 67], [7, 2, 33], [32, 48], [33, 40], [70, 129] })
        {
            foreach (long outputs in new long[] { 1, 5, 130 })
            {
                Tensor x = Random(type, shape);
                Tensor weight = Random(type, outputs, shape[^1]);
                Tensor bias = Random(type, outputs);
                Close(Plain.Linear(x, weight, bias), Native.Linear(x, weight, bias), type);
                Close(Plain.Linear(x, weight, null), Native.Linear(x, weight, null), type);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Attention_OddSizesWithAndWithoutBias_MatchesPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach ((long b, long h, long t, long s, long d) in new (long, long, long, long, long)[]
                 { (1, 1, 1, 1, 4), (2, 3, 5, 7, 8), (1, 2, 130, 65, 20), (3, 1, 64, 64, 16) })
        {
            Tensor q = Random(type, b, t, h, d).transpose(1, 2);
            Tensor k = Random(type, b, h, s, d);
            Tensor v = Random(type, b, s, h, d).transpose(1, 2);
            Tensor bias = Random(ScalarType.Float32, b, s).square();
            Close(Plain.Attention(q, k, v, 0.3, null), Native.Attention(q, k, v, 0.3, null), type);
            Close(Plain.Attention(q, k, v, 0.3, bias), Native.Attention(q, k, v, 0.3, bias), type);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void PagedAttention_RaggedBatch_MatchesPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        // Sequences: prefill, chunk after 20 cached tokens, decode, two tokens, decode of the first token.
        long[] queries = [37, 11, 1, 2, 1];
        long[] lengths = [37, 31, 50, 9, 1];
        foreach ((long heads, long kvHeads, long dim) in new (long, long, long)[] { (4, 4, 16), (6, 2, 20), (3, 1, 8), (16, 16, 8) })
        {
            Tensor keys = Random(type, 40, kvHeads, 8, dim);
            Tensor values = Random(type, 40, kvHeads, 8, dim);
            Tensor tables = tensor(Enumerable.Range(0, 35).Select(i => i * 12L % 35).ToArray()).view(5, 7);
            Tensor starts = tensor(queries.Aggregate(new List<long> { 0 }, (list, n) => [.. list, list[^1] + n]).ToArray());
            Tensor q = Random(type, queries.Sum(), heads, dim);
            Tensor expected = Plain.PagedAttention(q, keys, values, tables, starts, tensor(lengths), 0.25);
            Close(expected, Native.PagedAttention(q, keys, values, tables, starts, tensor(lengths), 0.25), type);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void WriteCache_ScatteredSlots_MatchesPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor slots = tensor(new long[] { 5, 0, 31, 12 });
        Tensor k = Random(type, 4, 2, 6);
        Tensor v = Random(type, 4, 2, 6);
        Tensor[] expected = [zeros([4, 2, 8, 6], type), zeros([4, 2, 8, 6], type)];
        Tensor[] actual = [.. expected.Select(cache => cache.clone())];
        Plain.WriteCache(expected[0], expected[1], k, v, slots);
        Native.WriteCache(actual[0], actual[1], k, v, slots);
        Assert.True(expected[0].IsSame(actual[0]));
        Assert.True(expected[1].IsSame(actual[1]));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void ElementWise_OddSizes_MatchPlain(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (long size in new long[] { 2, 20, 130 })
        {
            Tensor x = Random(type, 3, 5, size) * 4;
            Tensor y = Random(type, 3, 5, size);
            Tensor weight = Random(type, size);
            Close(Plain.RmsNorm(x, weight, 1e-5), Native.RmsNorm(x, weight, 1e-5), type);
            Close(Plain.QuickGelu(x), Native.QuickGelu(x), type);
            Close(Plain.SiluMul(x, y), Native.SiluMul(x, y), type);
            Tensor cos = Random(type, 3, size);
            Tensor sin = Random(type, 3, size);
            Close(Plain.Rotary(x, cos, sin), Native.Rotary(x, cos, sin), type);
        }
    }

    [Fact]
    public void Activations_ExtremeValues_StayExact()
    {
        using var scope = NewDisposeScope();
        float inf = float.PositiveInfinity;
        Tensor x = tensor(new float[] { -1000, -100, -60, -0f, 1e-30f, 60, 100, 1000, inf, float.NaN });
        Tensor one = ones_like(x);
        CloseEach(Plain.QuickGelu(x).Values(), Native.QuickGelu(x).Values());
        CloseEach(Plain.SiluMul(x, one).Values(), Native.SiluMul(x, one).Values());
    }

    [Fact]
    public void FromMemory_LastViewGone_ReleasesTheOwnerOnce()
    {
        int released = 0;
        float[] values = [1, 2, 3, 4, 5, 6];
        GCHandle pin = GCHandle.Alloc(values, GCHandleType.Pinned);
        Tensor x = Native.FromMemory(pin.AddrOfPinnedObject(), [2, 3], ScalarType.Float32, new Owner(() => released++));
        Tensor row = x[1];
        values[4] = 50;
        x.Dispose();
        Assert.Equal(0, released);
        Assert.Equal([4f, 50f, 6f], row.data<float>().ToArray());
        row.Dispose();
        Assert.Equal(1, released);
        pin.Free();
    }

    [Fact]
    public void FromMemory_OddAddress_Copies()
    {
        int released = 0;
        byte[] bytes = [0, .. BitConverter.GetBytes(2.5f)];
        GCHandle pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        using Tensor x = Native.FromMemory(pin.AddrOfPinnedObject() + 1, [1], ScalarType.Float32, new Owner(() => released++));
        pin.Free();
        Assert.Equal(2.5f, x.item<float>());
        Assert.Equal(1, released);
    }

    [Fact]
    public void Kernels_CalledInAScope_LeaveNothingBehind()
    {
        long before = Binding.LiveTensors.Settled();
        foreach (IKernels kernels in new IKernels[] { Native, Plain })
        {
            using var scope = NewDisposeScope();
            Tensor x = Random(ScalarType.Float32, 4, 2, 6);
            long own = Native.LiveTensors;
            kernels.Rotary(x, x.select(1, 0), x.select(1, 1)).Dispose();
            kernels.RmsNorm(x, x[0][0], 1e-5).Dispose();
            kernels.QuickGelu(x).Dispose();
            Assert.Equal(own + 4, Native.LiveTensors); // the four views
        }

        Assert.Equal(before, Native.LiveTensors);
    }

    [Theory]
    [InlineData(7, 7, false)]
    [InlineData(200, 200, false)]
    [InlineData(5, 130, true)]
    public void Attention_WithGradients_EqualsPlainOperations(int queries, int keys, bool hasBias)
    {
        using var scope = NewDisposeScope();
        Tensor[] inputs =
        [
            Heads(2, queries, 3, 16), Heads(2, keys, 3, 16), Heads(2, keys, 3, 16),
        ];
        Tensor? bias = hasBias ? Random(ScalarType.Float64, 2, keys) : null;
        Tensor direction = Random(ScalarType.Float64, 2, 3, queries, 16);
        Gradients(kernels => kernels.Attention(inputs[0], inputs[1], inputs[2], 0.3, bias).mul(direction).sum(), inputs);
    }

    [Fact]
    public void QuickGelu_WithGradients_EqualsPlainOperations()
    {
        using var scope = NewDisposeScope();
        Tensor x = Random(ScalarType.Float64, 33, 129);
        Tensor direction = Random(ScalarType.Float64, 33, 129);
        Gradients(kernels => kernels.QuickGelu(x).mul(direction).sum(), [x]);
    }

    // [B, H, T, D] as a view of [B, T, H · D], the way a layer makes it.
    private static Tensor Heads(long batch, long tokens, long heads, long size) =>
        Random(ScalarType.Float64, batch, tokens, heads * size).view(batch, tokens, heads, size).transpose(1, 2);

    // The same function through both kernels: values and the gradients of all inputs agree.
    private static void Gradients(Func<IKernels, Tensor> function, Tensor[] inputs)
    {
        foreach (Tensor input in inputs)
        {
            input.requires_grad_();
        }

        (Tensor expected, Tensor actual) = (function(Plain), function(Native));
        Close(expected.detach(), actual.detach(), ScalarType.Float64);
        foreach ((Tensor want, Tensor have) in Slopes(expected, inputs).Zip(Slopes(actual, inputs)))
        {
            Close(want, have, ScalarType.Float64);
        }
    }

    private static Tensor[] Slopes(Tensor output, Tensor[] inputs)
    {
        output.backward();
        return Array.ConvertAll(inputs, input =>
        {
            Tensor slope = input.grad!;
            input.grad = null;
            return slope;
        });
    }

    private static void CloseEach(double[] expected, double[] actual) => Assert.All(expected.Zip(actual), pair =>
        Assert.True(pair.First.Equals(pair.Second) || Math.Abs(pair.First - pair.Second) <= 1e-30 + (1e-6 * Math.Abs(pair.Second))));

    private static Tensor Random(ScalarType type, params long[] shape) => randn(shape, ScalarType.Float64).to(type);

    private static void Close(Tensor expected, Tensor actual, ScalarType type)
    {
        // Sums of up to 130 products of order 1; bfloat16 has 8 bits.
        double tolerance = type switch { ScalarType.Float64 => 1e-12, ScalarType.Float32 => 2e-5, _ => 6e-2 };
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        Tensor difference = (expected - actual).abs().to(ScalarType.Float64);
        Tensor bound = expected.abs().to(ScalarType.Float64).add(1).mul(tolerance);
        Assert.True(difference.le(bound).all().ToBoolean(), $"largest difference {difference.max().ToDouble()}");
    }

    private sealed class Owner(Action released) : IDisposable
    {
        public void Dispose() => released();
    }
}
