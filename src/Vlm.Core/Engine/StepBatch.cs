namespace Vlm.Core.Engine;

/// <summary>
/// One step over B sequences, prefill chunks and single decode tokens mixed, laid end to end as T rows. Integers only.
/// </summary>
/// <param name="Positions">[T]: place of each row's token in its sequence, from 0.</param>
/// <param name="Slots">[T]: block · block size + offset, where the row's key and value go.</param>
/// <param name="QueryStart">[B + 1]: rows of sequence b are QueryStart[b] .. QueryStart[b + 1] - 1.</param>
/// <param name="ContextLength">[B]: tokens of the sequence in the cache, this step's included.</param>
/// <param name="BlockTables">[B, M]: blocks of each sequence in order; past the context any block, such as 0.</param>
public sealed record StepBatch(
    long[] Positions, long[] Slots, long[] QueryStart, long[] ContextLength, long[,] BlockTables)
{
    /// <summary>Rows in this step.</summary>
    public int NumTokens => Positions.Length;

    /// <summary>Sequences in this step.</summary>
    public int NumSequences => ContextLength.Length;

    /// <summary>Checks that the arrays agree and stay inside a cache; kernels trust them afterwards.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public void Check(long numBlocks, int blockSize)
    {
        CheckLength(nameof(Slots), Slots.Length, NumTokens);
        CheckLength(nameof(QueryStart), QueryStart.Length, NumSequences + 1);
        CheckLength(nameof(BlockTables), BlockTables.GetLength(0), NumSequences);
        CheckRange(nameof(Positions), Positions, long.MaxValue);
        CheckRange(nameof(Slots), Slots, numBlocks * blockSize);
        CheckRange(nameof(BlockTables), BlockTables.Cast<long>(), numBlocks);
        if (NumTokens == 0 || QueryStart[0] != 0 || QueryStart[^1] != NumTokens)
        {
            throw Invalid(nameof(QueryStart), $"0 .. {Math.Max(NumTokens, 1)}", $"{QueryStart[0]} .. {QueryStart[^1]}");
        }

        for (var b = 0; b < NumSequences; b++)
        {
            CheckSequence(b, capacity: (long)BlockTables.GetLength(1) * blockSize);
        }
    }

    private void CheckSequence(int b, long capacity)
    {
        var rows = QueryStart[b + 1] - QueryStart[b];
        if (rows < 1)
        {
            throw Invalid($"{nameof(QueryStart)}[{b + 1}]", $"more than {QueryStart[b]}", $"{QueryStart[b + 1]}");
        }

        if (ContextLength[b] < rows || ContextLength[b] > capacity)
        {
            throw Invalid($"{nameof(ContextLength)}[{b}]", $"{rows} .. {capacity}", $"{ContextLength[b]}");
        }
    }

    private static void CheckLength(string name, int found, int expected)
    {
        if (found != expected)
        {
            throw Invalid($"length of {name}", $"{expected}", $"{found}");
        }
    }

    private static void CheckRange(string name, IEnumerable<long> values, long end)
    {
        foreach (var value in values)
        {
            if (value < 0 || value >= end)
            {
                throw Invalid(name, $"0 .. {end - 1}", $"{value}");
            }
        }
    }

    private static ArgumentException Invalid(string subject, string expected, string found) =>
        new($"Step batch, {subject}: expected {expected}, found {found}.");
}
