using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>Every kernel by TorchSharp's public functions, for any element type and device; the reference in tests.</summary>
public sealed partial class PlainKernels : IKernels
{
    private const int Group = LinearWeight.GroupSize;

    /// <summary>Not counted without the shim: always 0.</summary>
    public long LiveTensors => 0;

    /// <summary>Copies, since TorchSharp cannot borrow memory, and disposes the owner at once.</summary>
    public unsafe Tensor FromMemory(IntPtr data, long[] shape, ScalarType dtype, IDisposable? owner)
    {
        using (owner)
        {
            Tensor result = empty(shape, dtype);
            if (result.numel() > 0)
            {
                Copy((byte*)data, result);
            }

            return result;
        }
    }

    public Tensor[] Linear(Tensor x, params ReadOnlySpan<LinearWeight> matrices)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. matrices.ToArray().Select(matrix =>
            nn.functional.linear(x, Wide(matrix, x.dtype), matrix.Bias!).MoveToOuterDisposeScope())];
    }

    public (Tensor Values, Tensor Scales) Quantize(Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        float[] weights = weight.to(ScalarType.Float32).contiguous().data<float>().ToArray();
        float[] scales = [.. weights.Chunk(Group).Select(group => RoundUp(group.Max(Math.Abs) / 127))];
        float[] values = [.. weights.Select((w, i) => scales[i / Group] > 0 ? MathF.Round(w * (1 / scales[i / Group])) : 0)];
        (long outputs, long inputs) = (weight.size(0), weight.size(1));
        return (tensor(values, [outputs, inputs]).to(ScalarType.Int8).MoveToOuterDisposeScope(),
            tensor(scales, [outputs, inputs / Group]).to(ScalarType.BFloat16).MoveToOuterDisposeScope());
    }

    public Tensor Attention(Tensor q, Tensor k, Tensor v, double scale, Tensor? keyBias)
    {
        using DisposeScope scope = NewDisposeScope();
        return Probabilities(q, k, scale, keyBias).to(v.dtype).matmul(v).MoveToOuterDisposeScope();
    }

    public (Tensor Received, Tensor GivenToFirst) AttentionMeans(Tensor q, Tensor k, double scale, Tensor? keyBias)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = Probabilities(q, k, scale, keyBias);
        return (map.mean([1, 2]).MoveToOuterDisposeScope(), map.select(3, 0).mean([1]).MoveToOuterDisposeScope());
    }

    public Tensor NewCache(long[] shape, ScalarType dtype, Device device) => zeros(shape, dtype, device);

    public Tensor PagedAttention(Tensor q, Tensor keyCache, Tensor valueCache, Tensor blockTables, Tensor queryStart,
        Tensor contextLength, double scale)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] parts = [.. Enumerable.Range(0, (int)blockTables.size(0)).Select(b =>
        {
            long first = queryStart[b].item<long>();
            long length = contextLength[b].item<long>();
            Tensor queries = q.narrow(0, first, queryStart[b + 1].item<long>() - first);
            Tensor keys = Gather(keyCache, blockTables[b], length).to(q.dtype);
            return Causal(queries, keys, Gather(valueCache, blockTables[b], length).to(q.dtype), scale);
        })];
        return cat(parts).MoveToOuterDisposeScope();
    }

    public void WriteCache(Tensor keyCache, Tensor valueCache, Tensor k, Tensor v, Tensor slots)
    {
        using DisposeScope scope = NewDisposeScope();
        (long heads, long size) = (keyCache.size(1), keyCache.size(2));
        Tensor place = slots.to(keyCache.device).unsqueeze(1);
        Tensor block = place.div(full([], size, ScalarType.Int64, place.device), RoundingMode.floor);
        Tensor head = arange(heads, ScalarType.Int64, keyCache.device);
        Tensor rows = block.mul(heads).add(head).mul(size).add(place.sub(block.mul(size))).flatten(0, 1); // [T K]
        keyCache.flatten(0, 2).index_copy_(0, rows, k.to(keyCache.dtype).flatten(0, 1));
        valueCache.flatten(0, 2).index_copy_(0, rows, v.to(valueCache.dtype).flatten(0, 1));
    }

    public Tensor RmsNorm(Tensor x, Tensor weight, double eps)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = x.to(Inner(x));
        Tensor factor = wide.square().mean([-1], keepdim: true).add(eps).rsqrt();
        return wide.mul(factor).to(x.dtype).mul(weight).MoveToOuterDisposeScope();
    }

    public Tensor QuickGelu(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        return x.mul(x.mul(1.702).sigmoid()).MoveToOuterDisposeScope();
    }

    public Tensor SiluMul(Tensor gate, Tensor up)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.silu(gate).mul(up).MoveToOuterDisposeScope();
    }

    public Tensor Rotary(Tensor x, Tensor cos, Tensor sin)
    {
        using DisposeScope scope = NewDisposeScope();
        long half = x.size(-1) / 2;
        Tensor turned = cat([x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)], -1);
        return x.mul(cos.unsqueeze(1)).add(turned.mul(sin.unsqueeze(1))).MoveToOuterDisposeScope();
    }

    // [B, H, T, S]
    private static Tensor Probabilities(Tensor q, Tensor k, double scale, Tensor? keyBias)
    {
        ScalarType inner = Inner(q);
        Tensor logits = q.mul(scale).matmul(k.transpose(-2, -1)).to(inner);
        return (keyBias is null ? logits : logits.add(keyBias.to(inner).unsqueeze(1).unsqueeze(1))).softmax(-1);
    }

    private static Tensor Wide(LinearWeight matrix, ScalarType dtype)
    {
        Tensor weight = matrix.Weight.to(dtype);
        return matrix.Scales is null
            ? weight
            : weight.view(weight.size(0), -1, Group).mul(matrix.Scales.to(dtype).unsqueeze(-1)).flatten(1);
    }

    // The next bfloat16 that is not smaller.
    private static float RoundUp(float positive) =>
        BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(positive) + 0xffff) & 0xffff0000);

    /// <summary>Half precision computes in float32, float64 stays.</summary>
    private static ScalarType Inner(Tensor x) => x.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    // [blocks, K, block size, D] -> [S, K, D]
    private static Tensor Gather(Tensor cache, Tensor table, long length)
    {
        long blocks = (length + cache.size(2) - 1) / cache.size(2);
        Tensor rows = cache.index_select(0, table.narrow(0, 0, blocks).to(cache.device));
        return rows.transpose(1, 2).flatten(0, 1).narrow(0, 0, length);
    }

    // q [T, H, D], k and v [S, K, D] -> [T, H, D]
    private static Tensor Causal(Tensor q, Tensor k, Tensor v, double scale)
    {
        long groups = q.size(1) / k.size(1);
        Tensor keys = k.repeat_interleave(groups, 1).permute(1, 2, 0); // [H, D, S]
        Tensor values = v.repeat_interleave(groups, 1).transpose(0, 1); // [H, S, D]
        Tensor logits = q.transpose(0, 1).mul(scale).matmul(keys).to(Inner(q));
        Tensor hidden = ones([q.size(0), k.size(0)], ScalarType.Bool, q.device).triu(k.size(0) - q.size(0) + 1);
        logits = logits.masked_fill(hidden, double.NegativeInfinity);
        return logits.softmax(-1).to(v.dtype).matmul(values).transpose(0, 1);
    }

    private static unsafe void Copy(byte* source, Tensor target)
    {
        Span<byte> bytes = target.bytes;
        new ReadOnlySpan<byte>(source, bytes.Length).CopyTo(bytes);
    }
}
