using TorchSharp;
using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>One row of the engine bench.</summary>
/// <param name="Step">What was timed.</param>
/// <param name="Seconds">Median wall time of one execution.</param>
/// <param name="Spread">Largest less smallest time over the median.</param>
/// <param name="Rate">What it reached, with its unit.</param>
/// <param name="Share">Of the machine's peak as measured beside each execution (median), or of what the rate says, 0 to 1.</param>
public sealed record BenchRow(string Step, double Seconds, double Spread, string Rate, double Share);

/// <summary>Encode, prefill and decode of one checkpoint against this machine's peaks: <c>./vlm bench engine</c>.</summary>
public sealed class EngineBench(Llava model, EngineBenchTimer timer)
{
    private const int BlockSize = 16;

    /// <summary>Text tokens around one picture in LLaVA's short-answer prompts.</summary>
    private const int TextTokens = 55;

    private const int DecodeSteps = 32;

    private readonly TextConfig _text = model.Config.Text;

    /// <summary>Runs every row, handing each out as soon as it is measured.</summary>
    /// <param name="merge">The setting to compare with no merging.</param>
    public IEnumerable<BenchRow> Run(MergeSpec merge)
    {
        yield return Encode(MergeSpec.None);
        BenchRow mergedEncode = Encode(merge);
        yield return mergedEncode;
        yield return Merging(merge, mergedEncode.Seconds);
        int full = TokenMergers.VisualTokens(MergeSpec.None, model.MergeShape);
        int merged = TokenMergers.VisualTokens(merge, model.MergeShape);
        yield return Prefill(full);
        yield return Prefill(merged);
        foreach (BenchRow decode in Decodes(merge))
        {
            yield return decode;
        }

        foreach (BenchRow first in FirstTokens(merge))
        {
            yield return first;
        }
    }

    /// <summary>The rows of decoding alone.</summary>
    /// <param name="merge">The setting whose prompts several sequences have.</param>
    public IEnumerable<BenchRow> Decodes(MergeSpec merge)
    {
        int merged = TokenMergers.VisualTokens(merge, model.MergeShape);
        yield return Decode(TokenMergers.VisualTokens(MergeSpec.None, model.MergeShape), 1);
        yield return Decode(merged, 1);
        yield return Decode(merged, 8);
    }

    /// <summary>Floating-point operations of an encode, two per multiply-accumulate.</summary>
    public double EncodeFlops(MergeSpec merge) => 2.0 * RequestCost.Of(model.Config, merge, TextTokens).Encode;

    /// <summary>Floating-point operations of a prefill of <paramref name="tokens"/>.</summary>
    public double PrefillFlops(long tokens) => 2.0 * RequestCost.PrefillOf(_text, tokens);

    /// <summary>Bytes that one decode step must read: all weights of the language model once, keys and values of every sequence.</summary>
    public double DecodeBytes(long context, int sequences)
    {
        double perToken = (double)KvCache.BytesPerBlock(_text, blockSize: 1, model.CacheDType);
        return model.Language.WeightBytes + (perToken * context * sequences);
    }

    private BenchRow Encode(MergeSpec merge)
    {
        using Tensor pixels = Pixels();
        return timer.Computes($"encode, {merge}", EncodeFlops(merge), () => model.EncodeImages(pixels, merge).Dispose());
    }

    /// <summary>The merging of one encode alone, on random hidden states of the right shapes; its share is of the encode's time.</summary>
    private BenchRow Merging(MergeSpec merge, double encodeSeconds)
    {
        VisionConfig vision = model.Config.Vision;
        using DisposeScope scope = NewDisposeScope();
        (Tensor Hidden, Tensor Keys, Tensor Attention)[] layers = [.. TokenMergers.TokensPerLayer(merge, model.MergeShape)[..^1].Select(tokens => (
            randn([1, tokens, vision.HiddenSize], dtype: model.DType, device: model.Device),
            randn([1, vision.NumAttentionHeads, tokens, vision.HeadDim], dtype: model.DType, device: model.Device),
            randn([1, tokens], device: model.Device).softmax(-1)))];
        BenchRow row = timer.Computes($"merging alone, {merge}", 0, () => Merge(merge, layers));
        return row with { Rate = "of that encode", Share = row.Seconds / encodeSeconds };
    }

    private void Merge(MergeSpec merge, (Tensor Hidden, Tensor Keys, Tensor Attention)[] layers)
    {
        using var noGradients = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using TokenMerging merging = TokenMergers.Begin(merge, model.MergeShape);
        foreach ((int i, (Tensor hidden, Tensor keys, Tensor attention)) in layers.Index())
        {
            Tensor inside = merging.MergesUnderMap(i)
                ? merging.MergeUnderMap(i, hidden, attention).Hidden
                : merging.MergeInsideBlock(i, hidden, keys, attention);
            merging.MergeAfterBlock(i, inside, attention);
        }
    }

    private BenchRow Prefill(int visualTokens)
    {
        int tokens = visualTokens + TextTokens;
        return Prefill(tokens, tokens) with { Step = $"prefill, {visualTokens} + {TextTokens} tokens" };
    }

    /// <summary>One prompt in chunks of <paramref name="chunk"/>, of which it is a multiple.</summary>
    internal BenchRow Prefill(int tokens, int chunk)
    {
        using KvCache cache = Cache(tokens, 1);
        using Tensor embeddings = randn([chunk, _text.HiddenSize], dtype: model.DType, device: model.Device);
        return timer.Computes($"prefill, {tokens} tokens by {chunk}", PrefillFlops(tokens), () =>
        {
            for (int past = 0; past < tokens; past += chunk)
            {
                Step(embeddings, Batch(past, chunk, 1), cache);
            }
        });
    }

    /// <summary>A step of sequences with prompts of <paramref name="visualTokens"/> and a text.</summary>
    internal BenchRow Decode(int visualTokens, int sequences)
    {
        int context = visualTokens + TextTokens;
        using KvCache cache = Cache(context + DecodeSteps, sequences);
        using Tensor embeddings = randn([sequences, _text.HiddenSize], dtype: model.DType, device: model.Device);
        int step = 0;
        return timer.Reads($"decode, {sequences} x {context} tokens", DecodeBytes(context, sequences),
            () => Step(embeddings, Batch(context + (step++ % DecodeSteps), 1, sequences), cache), DecodeSteps);
    }

    /// <summary>Rows <paramref name="past"/> .. past + count - 1 of each of <paramref name="sequences"/> equal sequences.</summary>
    private static StepBatch Batch(int past, int count, int sequences)
    {
        long blocks = Blocks(past + count);
        long stride = Blocks(past + count + DecodeSteps);
        long[,] tables = new long[sequences, blocks];
        List<long> positions = [];
        List<long> slots = [];
        for (int s = 0; s < sequences; s++)
        {
            for (int b = 0; b < blocks; b++)
            {
                tables[s, b] = (s * stride) + b;
            }

            positions.AddRange(Enumerable.Range(past, count).Select(p => (long)p));
            slots.AddRange(Enumerable.Range(past, count).Select(p => (s * stride * BlockSize) + p));
        }

        return new StepBatch(
            [.. positions], [.. slots], [.. Enumerable.Range(0, sequences + 1).Select(s => (long)s * count)],
            [.. Enumerable.Repeat((long)(past + count), sequences)], tables);
    }

    private static long Blocks(long tokens) => (tokens + BlockSize - 1) / BlockSize;

    private KvCache Cache(int tokens, int sequences) =>
        new(_text, Blocks(tokens + (2 * DecodeSteps)) * sequences, BlockSize, model.CacheDType, model.Device);

    private void Step(Tensor embeddings, StepBatch batch, KvCache cache)
    {
        using var noGradients = inference_mode();
        using var scope = NewDisposeScope();
        Tensor hidden = model.Language.Forward(embeddings, batch, cache);
        Tensor last = hidden.index_select(0, tensor(batch.QueryStart[1..].Select(end => end - 1).ToArray(), device: model.Device));
        model.Language.Logits(last).argmax(-1).cpu();
    }

    /// <summary>From pixels to the first token, without merging and with it, in turn.</summary>
    private BenchRow[] FirstTokens(MergeSpec merge)
    {
        MergeSpec[] settings = [MergeSpec.None, merge];
        using DisposeScope scope = NewDisposeScope();
        using KvCache cache = Cache(TokenMergers.VisualTokens(MergeSpec.None, model.MergeShape) + TextTokens, 1);
        Tensor pixels = Pixels();
        return timer.InTurn([.. settings.Select(setting => ($"first token, {setting}", FirstToken(setting, pixels, cache)))]);
    }

    private Action FirstToken(MergeSpec merge, Tensor pixels, KvCache cache)
    {
        int tokens = TokenMergers.VisualTokens(merge, model.MergeShape) + TextTokens;
        Tensor embeddings = randn([tokens, _text.HiddenSize], dtype: model.DType, device: model.Device);
        StepBatch batch = Batch(0, tokens, 1);
        return () =>
        {
            model.EncodeImages(pixels, merge).Dispose();
            Step(embeddings, batch, cache);
        };
    }

    private Tensor Pixels() =>
        randn([1, 3, model.Config.Vision.ImageSize, model.Config.Vision.ImageSize], dtype: model.DType, device: model.Device);
}
