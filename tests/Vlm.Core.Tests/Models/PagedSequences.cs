using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Models;

/// <summary>Sequences that share a cache; each takes the next free block when it needs one: they interleave.</summary>
internal sealed class PagedSequences(KvCache cache, int count)
{
    private readonly List<long>[] _blocks = [.. Enumerable.Range(0, count).Select(_ => new List<long>())];
    private readonly long[] _lengths = new long[count];
    private long _nextBlock;

    /// <summary>A step that appends so many tokens to these sequences, rows in the order given.</summary>
    public StepBatch Append(params (int Sequence, int Tokens)[] parts)
    {
        List<long> positions = [], slots = [], queryStart = [0], contextLength = [];
        foreach (var (sequence, tokens) in parts)
        {
            for (var i = 0; i < tokens; i++)
            {
                positions.Add(_lengths[sequence]);
                slots.Add(NextSlot(sequence));
            }

            queryStart.Add(positions.Count);
            contextLength.Add(_lengths[sequence]);
        }

        return new StepBatch([.. positions], [.. slots], [.. queryStart], [.. contextLength], Tables(parts));
    }

    private long NextSlot(int sequence)
    {
        var position = _lengths[sequence]++;
        if (position / cache.BlockSize == _blocks[sequence].Count)
        {
            _blocks[sequence].Add(_nextBlock++);
        }

        return (_blocks[sequence][^1] * cache.BlockSize) + (position % cache.BlockSize);
    }

    private long[,] Tables((int Sequence, int Tokens)[] parts)
    {
        var tables = new long[parts.Length, parts.Max(p => _blocks[p.Sequence].Count)];
        for (var b = 0; b < parts.Length; b++)
        {
            var blocks = _blocks[parts[b].Sequence];
            for (var i = 0; i < blocks.Count; i++)
            {
                tables[b, i] = blocks[i];
            }
        }

        return tables;
    }
}
