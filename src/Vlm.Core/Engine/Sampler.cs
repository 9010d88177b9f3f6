// Order of temperature, top-k, top-p as in Hugging Face transformers' generate (llava.md 9); arg-max takes the lowest
// id on ties.
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Logits to tokens for many requests of different settings at once. All of it stays on the device but one
/// copy at the end.</summary>
/// <param name="vocabSize">Pieces of the tokenizer. Rows of the output matrix behind them are untrained and never
/// chosen or counted.</param>
internal sealed class Sampler(int vocabSize)
{
    /// <summary>Chooses and scores.</summary>
    /// <param name="logits">float32 or float64 [R, V]: the sample rows, then the score rows.</param>
    /// <param name="samples">One per sample row.</param>
    /// <param name="targets">The token whose log-probability each score row gives.</param>
    public StepOutput Run(Tensor logits, IReadOnlyList<SampleRow> samples, IReadOnlyList<int> targets)
    {
        var known = logits.narrow(1, 0, vocabSize);
        List<Tensor> results = []; // all 1-D
        if (samples.Count > 0)
        {
            var sampled = known.narrow(0, 0, samples.Count);
            var ids = Choose(Edited(sampled, samples), samples); // int64 [S]
            results.Add(ids);
            results.AddRange(Logprobs(sampled, ids, samples));
        }

        if (targets.Count > 0)
        {
            results.Add(Score(known.narrow(0, samples.Count, targets.Count), targets));
        }

        // float64 holds every id exactly, so ids and log-probabilities travel in the one copy.
        var host = cat([.. results.Select(part => part.to(ScalarType.Float64))]).cpu().data<double>().ToArray();
        return Unpack(host, samples, targets.Count);
    }

    // Penalties and biases shift the logits of some tokens, and rows that may only go on with some tokens lose the others;
    // the log-probabilities reported stay those of the model. [S, V]
    private static Tensor Edited(Tensor logits, IReadOnlyList<SampleRow> rows)
    {
        if (rows.All(row => row.Allowed is null && row.Shifts is null))
        {
            return logits;
        }

        var edited = logits.clone();
        for (var i = 0; i < rows.Count; i++)
        {
            Shift(edited.select(0, i), rows[i].Shifts);
            Mask(edited.select(0, i), rows[i].Allowed);
        }

        return edited;
    }

    private static void Shift(Tensor row, IReadOnlyDictionary<int, double>? shifts)
    {
        if (shifts is { Count: > 0 })
        {
            var index = tensor(shifts.Keys.Select(id => (long)id).ToArray()).to(row.device);
            var amounts = tensor(shifts.Values.ToArray()).to(row.dtype).to(row.device);
            row.index_copy_(0, index, row.index_select(0, index) + amounts);
        }
    }

    private static void Mask(Tensor row, long[]? allowed)
    {
        if (allowed is not null)
        {
            var index = tensor(allowed).to(row.device);
            var kept = row.index_select(0, index);
            row.fill_(double.NegativeInfinity).index_copy_(0, index, kept);
        }
    }

    // [S, V] -> int64 [S]
    private static Tensor Choose(Tensor logits, IReadOnlyList<SampleRow> rows)
    {
        var ids = logits.argmax(1);
        long[] drawn = [.. Enumerable.Range(0, rows.Count).Where(i => !rows[i].IsGreedy).Select(i => (long)i)];
        if (drawn.Length > 0)
        {
            var index = tensor(drawn).to(logits.device);
            ids.index_copy_(0, index, Draw(logits.index_select(0, index), [.. drawn.Select(i => rows[(int)i])]));
        }

        return ids;
    }

    // Inverse of the cumulative distribution at one uniform number per row. float64: 32,000 float32 sums would lose the
    // tail. [D, V] -> int64 [D]
    private static Tensor Draw(Tensor logits, SampleRow[] rows)
    {
        var vocabSize = logits.shape[1];
        var (sorted, order) = logits.to(ScalarType.Float64).sort(1, descending: true, stable: true);

        // Differences to the largest first, so that no temperature above 0 overflows.
        var scaled = (sorted - sorted.narrow(1, 0, 1)) / Column(rows, row => row.Options.Temperature, logits.device);
        var rank = arange(vocabSize, ScalarType.Float64, logits.device).unsqueeze(0); // [1, V]
        var topK = Column(rows, row => row.Options.TopK > 0 ? row.Options.TopK : vocabSize, logits.device);
        var probabilities = scaled.masked_fill(rank.ge(topK), double.NegativeInfinity).softmax(1);

        // The smallest set that reaches p: a token stays while those before it fall short. The first always stays.
        var before = probabilities.cumsum(1) - probabilities;
        var topP = Column(
            rows, row => row.Options.TopP < 1 ? row.Options.TopP : double.PositiveInfinity, logits.device);
        var kept = probabilities.masked_fill(before.ge(topP).logical_and(rank.gt(0)), 0);
        var cumulative = kept.cumsum(1);
        var total = cumulative.narrow(1, vocabSize - 1, 1);
        var threshold = total * Column(rows, row => row.Uniform, logits.device);
        var place = cumulative.le(threshold).sum(1, keepdim: true); // int64 [D, 1]

        // Rounding may carry the threshold to the total; the last token with any probability is meant then.
        var last = kept.gt(0).sum(1, keepdim: true) - 1;
        return order.gather(1, place.minimum(last).clamp_min(0)).squeeze(1); // -1 in a row of NaN
    }

    // [D, 1]
    private static Tensor Column(SampleRow[] rows, Func<SampleRow, double> value, Device device) =>
        tensor(rows.Select(value).ToArray(), [rows.Length, 1]).to(device);

    // For the rows that ask: log-probability of the chosen token, then those and the ids of the best.
    private static IEnumerable<Tensor> Logprobs(Tensor logits, Tensor ids, IReadOnlyList<SampleRow> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Options.Logprobs > 0)
            {
                var logprobs = logits.select(0, i).log_softmax(0); // [V]
                var (values, top) = logprobs.topk(rows[i].Options.Logprobs, 0);
                yield return logprobs.index_select(0, ids.narrow(0, i, 1));
                yield return values;
                yield return top;
            }
        }
    }

    // [C, V] -> [C]
    private static Tensor Score(Tensor logits, IReadOnlyList<int> targets)
    {
        long[] index = [.. targets];
        return logits.log_softmax(1).gather(1, tensor(index, [index.Length, 1]).to(logits.device)).squeeze(1);
    }

    private static StepOutput Unpack(double[] host, IReadOnlyList<SampleRow> samples, int numScores)
    {
        var next = samples.Count;
        var tokens = new SampledToken[samples.Count];
        for (var i = 0; i < samples.Count; i++)
        {
            var count = samples[i].Options.Logprobs;
            var (chosen, start) = count > 0 ? (host[next], next + 1) : (double.NaN, next);
            var top = Enumerable.Range(start, count).Select(at => ((int)host[at + count], host[at]));
            tokens[i] = new SampledToken((int)host[i], chosen, [.. top]);
            next = start + (2 * count);
        }

        return new StepOutput(tokens, host[next..(next + numScores)]);
    }
}
