using Vlm.Testing;
using Vlm.Torch.Native;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Kernels;

/// <summary>Halves of a decoder layer: what the kernels they are made of give.</summary>
[Collection("live tensors")]
public class DecoderKernelTests
{
    private static readonly IKernels Native = Vlm.Torch.Kernels.Default;

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int8)]
    public void DecoderHalves_RaggedStep_EqualTheirKernelsBitForBit(ScalarType weights)
    {
        using var scope = NewDisposeScope();
        ScalarType type = weights == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        const long dim = 24, heads = 4, kvHeads = 2, inner = 160;
        LinearWeight Matrix(long outputs, long inputs)
        {
            Tensor weight = randn([outputs, inputs]) * 0.1;
            Tensor bias = randn([outputs]).to(type);
            if (weights != ScalarType.Int8)
            {
                return new LinearWeight(weight.to(weights), null, bias);
            }

            (Tensor values, Tensor scales) = Native.Quantize(weight);
            return new LinearWeight(values, scales, bias);
        }

        Tensor hidden = randn([4, 96]).to(type);
        DecoderStep step = new(randn([4, dim]).to(type), randn([4, dim]).to(type),
            randn([6, kvHeads, 4, dim]).to(type), randn([6, kvHeads, 4, dim]).to(type), tensor(new long[] { 5, 6, 7, 17 }),
            tensor(new long[] { 0, 1, 4, 2 }).view(2, 2), tensor(new long[] { 0, 3, 4 }), tensor(new long[] { 8, 2 }));
        DecoderStep caches = step with { KeyCache = step.KeyCache.clone(), ValueCache = step.ValueCache.clone() };
        AttentionWeights attention = new(randn([96]).to(type), 1e-5, Matrix(heads * dim, 96), Matrix(kvHeads * dim, 96),
            Matrix(kvHeads * dim, 96), Matrix(96, heads * dim), dim, 0.2);
        GatedMlpWeights mlp = new(randn([96]).to(type), 1e-5, Matrix(inner, 96), Matrix(inner, 96), Matrix(96, inner));

        Tensor actual = hidden.clone();
        Native.AddAttention(actual, attention, step);
        Tensor x = Native.RmsNorm(hidden, attention.Norm, attention.Eps);
        Tensor[] parts = [.. Native.Linear(x, attention.Query, attention.Key, attention.Value).Select(part => part.view(4, -1, dim))];
        Native.WriteCache(caches.KeyCache, caches.ValueCache, Native.Rotary(parts[1], step.Cos, step.Sin), parts[2], step.Slots);
        Tensor attended = Native.PagedAttention(Native.Rotary(parts[0], step.Cos, step.Sin), caches.KeyCache, caches.ValueCache,
            step.BlockTables, step.QueryStart, step.ContextLength, attention.Scale);
        Tensor expected = hidden + Native.Linear(attended.flatten(1), attention.Output)[0];
        Assert.True(expected.IsSame(actual));
        Assert.True(caches.KeyCache.IsSame(step.KeyCache) && caches.ValueCache.IsSame(step.ValueCache));

        Native.AddGatedMlp(actual, mlp);
        Tensor[] gated = Native.Linear(Native.RmsNorm(expected, mlp.Norm, mlp.Eps), mlp.Gate, mlp.Up);
        Assert.True((expected + Native.Linear(Native.SiluMul(gated[0], gated[1]), mlp.Down)[0]).IsSame(actual));
        Assert.Throws<TorchException>(() => Native.AddGatedMlp(hidden.narrow(1, 0, 90), mlp));
        Assert.Throws<TorchException>(() => Native.AddAttention(hidden.unsqueeze(0), attention, step));
    }

    [Fact]
    public void DecoderHalves_MatchPlain()
    {
        using var scope = NewDisposeScope();
        Tensor hidden = randn([3, 32]).to(ScalarType.Float64);
        LinearWeight Matrix(long outputs, long inputs) => new(
            (randn([outputs, inputs]) * 0.2).to(ScalarType.Float64), null, randn([outputs]).to(ScalarType.Float64));
        DecoderStep step = new(randn([3, 8]).to(ScalarType.Float64), randn([3, 8]).to(ScalarType.Float64),
            zeros([2, 2, 4, 8], ScalarType.Float64), zeros([2, 2, 4, 8], ScalarType.Float64), tensor(new long[] { 4, 5, 6 }),
            tensor(new long[] { 1 }).view(1, 1), tensor(new long[] { 0, 3 }), tensor(new long[] { 3 }));
        AttentionWeights attention = new(
            randn([32]).to(ScalarType.Float64), 1e-5, Matrix(32, 32), Matrix(16, 32), Matrix(16, 32), Matrix(32, 32), 8, 0.3);
        GatedMlpWeights mlp = new(randn([32]).to(ScalarType.Float64), 1e-5, Matrix(48, 32), Matrix(48, 32), Matrix(32, 48));
        Tensor expected = hidden.clone();
        foreach ((IKernels kernels, Tensor rows) in new (IKernels, Tensor)[] { (new PlainKernels(), expected), (Native, hidden) })
        {
            kernels.AddAttention(rows, attention, step);
            kernels.AddGatedMlp(rows, mlp);
        }

        Assert.True((expected - hidden).Largest() <= 1e-12 * (1 + expected.Largest()));
    }
}
