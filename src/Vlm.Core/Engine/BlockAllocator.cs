namespace Vlm.Core.Engine;

/// <summary>Free list of cache blocks: integers only.</summary>
public sealed class BlockAllocator
{
    private readonly Stack<int> _free;
    private readonly bool[] _isFree;

    /// <summary>All of 0 .. <paramref name="numBlocks"/> - 1 are free.</summary>
    public BlockAllocator(int numBlocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numBlocks, 1);
        _isFree = new bool[numBlocks];
        Array.Fill(_isFree, true);
        _free = new Stack<int>(Enumerable.Range(0, numBlocks).Reverse());
    }

    /// <summary>All blocks, free or not.</summary>
    public int NumBlocks => _isFree.Length;

    /// <summary>Blocks that nobody holds.</summary>
    public int NumFree => _free.Count;

    /// <summary>Takes blocks out of the free list.</summary>
    /// <exception cref="InvalidOperationException">There are not enough; ask <see cref="NumFree"/> first.</exception>
    public int[] Allocate(int count)
    {
        if (count > _free.Count)
        {
            throw new InvalidOperationException(
                $"Cache blocks: expected {count} free ones, found {_free.Count} of {NumBlocks}.");
        }

        var blocks = new int[count];
        for (var i = 0; i < count; i++)
        {
            blocks[i] = _free.Pop();
            _isFree[blocks[i]] = false;
        }

        return blocks;
    }

    /// <summary>Gives blocks back.</summary>
    /// <exception cref="InvalidOperationException">One of them is free already: two sequences would come to share
    /// it.</exception>
    public void Free(IEnumerable<int> blocks)
    {
        foreach (var block in blocks)
        {
            if (_isFree[block])
            {
                throw new InvalidOperationException($"Cache block {block}: expected it in use, found it free.");
            }

            _isFree[block] = true;
            _free.Push(block);
        }
    }
}
