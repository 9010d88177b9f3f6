using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>Laws on small random weights in float64: however a sequence is cut into steps, the numbers stay.</summary>
public sealed class LlamaTests(TinyModel tiny) : IClassFixture<TinyModel>
{
    // float64; only the order of additions may differ.
    private const double Tolerance = 1e-12;
    private const int Length = 23;

    private readonly Llama _llama = tiny.Model.Language;

    [Fact]
    public void Forward_PrefillThenDecode_EqualsOneForward()
    {
        using var scope = NewDisposeScope();
        var embeddings = Embeddings(seed: 1, Length);
        var stepped = InSteps(embeddings, [15, .. Enumerable.Repeat(1, Length - 15)]);
        Compare.Near(Whole(embeddings), stepped, Tolerance, "hidden states");
    }

    [Fact]
    public void Forward_ChunkedPrefill_EqualsOneForward()
    {
        using var scope = NewDisposeScope();
        var embeddings = Embeddings(seed: 2, Length);
        Compare.Near(Whole(embeddings), InSteps(embeddings, [4, 9, 3, 7]), Tolerance, "hidden states");
    }

    [Fact]
    public void Forward_RaggedBatch_EqualsEachSequenceAlone()
    {
        using var scope = NewDisposeScope();
        using var cache = NewCache();
        var sequences = new PagedSequences(cache, count: 3);
        Tensor a = Embeddings(seed: 3, 11), b = Embeddings(seed: 4, 5), c = Embeddings(seed: 5, 9);

        // Step 1: a prefills in part, b whole. Step 2: c prefills, a goes on, b decodes one token.
        var first = _llama.Forward(
            cat([a.narrow(0, 0, 6), b.narrow(0, 0, 4)], 0), sequences.Append((0, 6), (1, 4)), cache);
        var second = _llama.Forward(
            cat([c, a.narrow(0, 6, 5), b.narrow(0, 4, 1)], 0), sequences.Append((2, 9), (0, 5), (1, 1)), cache);

        Compare.Near(Whole(a), cat([first.narrow(0, 0, 6), second.narrow(0, 9, 5)], 0), Tolerance, "sequence a");
        Compare.Near(Whole(b), cat([first.narrow(0, 6, 4), second.narrow(0, 14, 1)], 0), Tolerance, "sequence b");
        Compare.Near(Whole(c), second.narrow(0, 0, 9), Tolerance, "sequence c");
    }

    [Fact]
    public void Forward_LaterToken_LeavesEarlierOnesAlone()
    {
        using var scope = NewDisposeScope();
        var embeddings = Embeddings(seed: 6, Length);
        var shorter = Whole(embeddings.narrow(0, 0, Length - 1));
        Compare.Near(shorter, Whole(embeddings).narrow(0, 0, Length - 1), Tolerance, "hidden states before the last");
    }

    [Fact]
    public void Forward_SameTokensInOtherOrder_GivesOtherState()
    {
        using var scope = NewDisposeScope();
        var embeddings = Embeddings(seed: 7, Length);
        Tensor first = embeddings.narrow(0, 0, 1), second = embeddings.narrow(0, 1, 1);
        var swapped = cat([second, first, embeddings.narrow(0, 2, Length - 2)], 0);
        var difference = (Whole(embeddings) - Whole(swapped)).select(0, Length - 1).Largest();
        Assert.True(difference > 1e-6, "Positions do not reach the last state.");
    }

    [Fact]
    public void Forward_Embeddings_AreNotChanged()
    {
        using var scope = NewDisposeScope();
        var embeddings = Embeddings(seed: 8, Length);
        var before = embeddings.clone();
        _ = Whole(embeddings);
        Compare.Near(before, embeddings, 0, "embeddings");
    }

    [Fact]
    public void Forward_RowsUnlikeBatch_Throws()
    {
        using var scope = NewDisposeScope();
        using var cache = NewCache();
        var batch = new PagedSequences(cache, count: 1).Append((0, 3));
        var error = Assert.Throws<ArgumentException>(() => _llama.Forward(Embeddings(seed: 9, 2), batch, cache));
        Assert.StartsWith(
            $"Embeddings: expected [3, C], found [2, {tiny.Model.Config.Text.HiddenSize}].",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_SomeRows_EqualThoseOfAll()
    {
        using var scope = NewDisposeScope();
        var hidden = Whole(Embeddings(seed: 10, Length));
        var all = _llama.Logits(hidden);
        Assert.Equal([Length, tiny.Model.Config.Text.VocabSize], all.shape);
        Compare.Near(all.narrow(0, 20, 2), _llama.Logits(hidden.narrow(0, 20, 2)), Tolerance, "logits");
    }

    private Tensor Whole(Tensor embeddings) => InSteps(embeddings, [(int)embeddings.shape[0]]);

    private Tensor InSteps(Tensor embeddings, int[] lengths)
    {
        using var cache = NewCache();
        var sequence = new PagedSequences(cache, count: 1);
        var parts = new List<Tensor>();
        long start = 0;
        foreach (var length in lengths)
        {
            parts.Add(_llama.Forward(embeddings.narrow(0, start, length), sequence.Append((0, length)), cache));
            start += length;
        }

        return cat([.. parts], 0);
    }

    private KvCache NewCache() => new(tiny.Model.Config.Text, numBlocks: 12, blockSize: 4, ScalarType.Float64, CPU);

    private Tensor Embeddings(long seed, long length) => TensorValues.Noise(seed, length, tiny.Model.Config.Text.HiddenSize);
}
