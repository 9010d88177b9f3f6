using Vlm.Core.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Scheduled chunks to tensors, one forward, chosen tokens back.</summary>
internal sealed class ModelRunner(
    Llama language, PromptEmbedder embedder, Sampler sampler, KvCache cache, Device device)
{
    /// <summary>Runs one step and notes in each sequence how far it came.</summary>
    /// <param name="chunks">At least one.</param>
    /// <param name="samples">The settings behind each chunk that <see cref="Chunk.NeedsToken"/>, in their
    /// order.</param>
    /// <returns>Tokens in the order of <paramref name="samples"/>, scores in the order of chunks and
    /// positions.</returns>
    public StepOutput Run(IReadOnlyList<Chunk> chunks, IReadOnlyList<SampleRow> samples)
    {
        var batch = Lay(chunks);
        var hiddenStates = language.Forward(embedder.Embed(chunks), batch, cache); // [T, C]
        foreach (var chunk in chunks)
        {
            chunk.Sequence.Advance(chunk.Count);
        }

        long[] rows = [.. TokenRows(chunks, batch), .. ScoreRows(chunks, batch)];
        if (rows.Length == 0)
        {
            return new StepOutput([], []);
        }

        int[] targets = [.. chunks.SelectMany(
            chunk => chunk.ScoredPositions.Select(position => chunk.Sequence.Tokens[position + 1]))];
        return sampler.Run(language.Logits(hiddenStates.index_select(0, tensor(rows).to(device))), samples, targets);
    }

    private static IEnumerable<long> TokenRows(IReadOnlyList<Chunk> chunks, StepBatch batch) =>
        Enumerable.Range(0, chunks.Count).Where(i => chunks[i].NeedsToken).Select(i => batch.QueryStart[i + 1] - 1);

    private static IEnumerable<long> ScoreRows(IReadOnlyList<Chunk> chunks, StepBatch batch) => chunks.SelectMany(
        (chunk, i) => chunk.ScoredPositions.Select(position => batch.QueryStart[i] + position - chunk.Start));

    /// <summary>Lays the chunks end to end.</summary>
    private StepBatch Lay(IReadOnlyList<Chunk> chunks)
    {
        var numTokens = chunks.Sum(chunk => chunk.Count);
        var (positions, slots) = (new long[numTokens], new long[numTokens]);
        var queryStart = new long[chunks.Count + 1];
        var contextLength = new long[chunks.Count];
        var blockSize = cache.BlockSize;
        var blockTables = new long[chunks.Count, chunks.Max(chunk => (chunk.End + blockSize - 1) / blockSize)];
        for (var i = 0; i < chunks.Count; i++)
        {
            var (sequence, start, count) = chunks[i];
            var row = queryStart[i];
            queryStart[i + 1] = row + count;
            contextLength[i] = chunks[i].End;
            for (var position = start; position < chunks[i].End; position++, row++)
            {
                positions[row] = position;
                slots[row] = ((long)sequence.BlockOf(position, blockSize) * blockSize) + (position % blockSize);
            }

            for (var position = 0; position < chunks[i].End; position += blockSize)
            {
                blockTables[i, position / blockSize] = sequence.BlockOf(position, blockSize);
            }
        }

        return new StepBatch(positions, slots, queryStart, contextLength, blockTables);
    }
}
