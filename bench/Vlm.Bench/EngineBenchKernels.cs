using TorchSharp;
using Vlm.Core.Models;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>The kernels alone, at the model's sizes, each against its roof: memory where few rows meet many weights, else arithmetic.</summary>
public sealed class EngineBenchKernels(Llava model, EngineBenchTimer timer)
{
    private const int BlockSize = 16;

    /// <summary>Tokens of a prompt with one whole picture.</summary>
    private const int Tokens = 631;

    private readonly IKernels _kernels = Kernels.Default;
    private readonly TextConfig _text = model.Config.Text;

    /// <summary>Runs every row, handing each out as soon as it is measured.</summary>
    public IEnumerable<BenchRow> Run()
    {
        ScalarType stored = model.Language.WeightDType == ScalarType.Int8 ? ScalarType.Float16 : model.Language.WeightDType;
        foreach (int rows in new[] { 1, 8 })
        {
            yield return Stream(rows, stored);
            yield return StreamInt8(rows);
        }

        foreach (int rows in new[] { 64, 160, Tokens })
        {
            yield return Product(rows, stored);
        }

        yield return Tower("tower attention", products: 2, (q, k, v) => _kernels.Attention(q, k, v, 0.1, null));
        yield return Tower("means of tower attention", products: 1, (q, k, _) => _kernels.AttentionMeans(q, k, 0.1, null));
        yield return CachedAttention("prefill attention", Tokens);
        yield return CachedAttention("decode attention", 1);
    }

    private BenchRow Stream(int rows, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor weight) = Operands(rows, _text.VocabSize, type);
        return timer.Reads($"kernel: {rows} rows x {Name(type)} weights", weight.numel() * weight.element_size(), Linear(x, weight));
    }

    private BenchRow StreamInt8(int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor weight) = Operands(rows, _text.VocabSize, ScalarType.Float16);
        (Tensor values, Tensor scales) = _kernels.Quantize(weight);
        return timer.Reads($"kernel: {rows} rows x int8 weights", values.numel() + (2.0 * scales.numel()), () => _kernels.LinearInt8(x, values, scales, null).Dispose());
    }

    private BenchRow Product(int rows, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor x, Tensor weight) = Operands(rows, _text.IntermediateSize, type);
        return timer.Computes($"kernel: {rows} rows x {Name(type)} weights", 2.0 * rows * weight.numel(), Linear(x, weight));
    }

    // Products: of queries with keys, and of what they give with values where there are two.
    private BenchRow Tower(string name, int products, Action<Tensor, Tensor, Tensor> run)
    {
        using DisposeScope scope = NewDisposeScope();
        VisionConfig vision = model.Config.Vision;
        long tokens = vision.NumPatches + 1;
        Tensor[] qkv = [.. Enumerable.Range(0, 3).Select(_ => randn([1, vision.NumAttentionHeads, tokens, vision.HeadDim]))];
        return timer.Computes($"kernel: {name}, {tokens} tokens", 2.0 * products * tokens * tokens * vision.HiddenSize, () =>
        {
            using DisposeScope call = NewDisposeScope();
            run(qkv[0], qkv[1], qkv[2]);
        });
    }

    // The last `rows` of a prompt against all its keys; causal, so a whole prompt sees half of them.
    private BenchRow CachedAttention(string name, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        long blocks = (Tokens + BlockSize - 1) / BlockSize;
        long queryWidth = (long)_text.NumAttentionHeads * _text.HeadDim;
        Tensor[] caches = [.. Enumerable.Range(0, 2).Select(_ =>
            randn([blocks, _text.NumKeyValueHeads, BlockSize, _text.HeadDim]).to(model.CacheDType))];
        Tensor q = randn([rows, _text.NumAttentionHeads, _text.HeadDim]);
        (Tensor tables, Tensor starts, Tensor lengths) = (arange(blocks).unsqueeze(0), tensor(new long[] { 0, rows }), tensor(new long[] { Tokens }));
        string step = $"kernel: {name}, {Tokens} keys";
        Action run = () => _kernels.PagedAttention(q, caches[0], caches[1], tables, starts, lengths, 0.1).Dispose();
        return rows == 1
            ? timer.Reads(step, 2.0 * Tokens * _text.NumKeyValueHeads * _text.HeadDim * caches[0].element_size(), run)
            : timer.Computes(step, 4.0 * rows * (Tokens - ((rows - 1) / 2.0)) * queryWidth, run);
    }

    private Action Linear(Tensor x, Tensor weight) => () => _kernels.Linear(x, weight, null).Dispose();

    private (Tensor X, Tensor Weight) Operands(int rows, long outputs, ScalarType type) =>
        (randn([rows, _text.HiddenSize]), randn([outputs, _text.HiddenSize]).to(type));

    private static string Name(ScalarType type) => type.ToString().ToLowerInvariant();
}
