// Blocks found again by their content: vLLM's automatic prefix caching (Kwon et al. 2023, arXiv 2309.06180).
namespace Vlm.Core.Engine;

/// <summary>Who holds which cache block: integers only. A block whose content was noted keeps it after its last holder has left, until
/// the block is needed for something else; the one unused for longest goes first.</summary>
public sealed class BlockAllocator
{
    private readonly int[] _holders;
    private readonly UInt128?[] _contents;
    private readonly LinkedListNode<int>[] _nodes; // of each block, in the free list or not
    private readonly LinkedList<int> _free = [];
    private readonly Dictionary<UInt128, int> _byContent = [];

    /// <summary>All of 0 .. <paramref name="numBlocks"/> - 1 are free.</summary>
    public BlockAllocator(int numBlocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numBlocks, 1);
        _holders = new int[numBlocks];
        _contents = new UInt128?[numBlocks];
        _nodes = [.. Enumerable.Range(0, numBlocks).Select(block => _free.AddLast(block))];
    }

    /// <summary>All blocks, free or not.</summary>
    public int NumBlocks => _holders.Length;

    /// <summary>Blocks that nobody holds.</summary>
    public int NumFree => _free.Count;

    /// <summary>Takes blocks out of the free list; what they held is forgotten.</summary>
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
            var block = blocks[i] = _free.First!.Value;
            Forget(block);
            Hold(block);
        }

        return blocks;
    }

    /// <summary>The blocks of the longest beginning of these contents, as far as they are known.</summary>
    public IReadOnlyList<int> Find(IReadOnlyList<UInt128> contents)
    {
        List<int> found = [];
        while (found.Count < contents.Count && _byContent.TryGetValue(contents[found.Count], out var block))
        {
            found.Add(block);
        }

        return found;
    }

    /// <summary>Free blocks that would remain if these were held.</summary>
    public int NumFreeBeside(IReadOnlyList<int> blocks) => _free.Count - blocks.Count(block => _holders[block] == 0);

    /// <summary>One more holder for each of these blocks.</summary>
    public void Share(IReadOnlyList<int> blocks)
    {
        foreach (var block in blocks)
        {
            Hold(block);
        }
    }

    /// <summary>Notes what a held block has in it, so that others find it. The first of equal blocks stays the one that is
    /// found.</summary>
    public void Note(int block, UInt128 content)
    {
        if (_contents[block] is null && _byContent.TryAdd(content, block))
        {
            _contents[block] = content;
        }
    }

    /// <summary>One holder less for each of these blocks. The later ones of a sequence are used up first, so that its beginning stays
    /// known for longest.</summary>
    /// <exception cref="InvalidOperationException">One of them is free already: two sequences would come to share
    /// it.</exception>
    public void Free(IReadOnlyList<int> blocks)
    {
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            var block = blocks[i];
            if (_holders[block] == 0)
            {
                throw new InvalidOperationException($"Cache block {block}: expected it in use, found it free.");
            }

            if (--_holders[block] == 0)
            {
                Release(block);
            }
        }
    }

    private void Release(int block)
    {
        if (_contents[block] is null)
        {
            _free.AddFirst(_nodes[block]);
        }
        else
        {
            _free.AddLast(_nodes[block]);
        }
    }

    private void Hold(int block)
    {
        if (_holders[block]++ == 0)
        {
            _free.Remove(_nodes[block]);
        }
    }

    private void Forget(int block)
    {
        if (_contents[block] is { } content)
        {
            _byContent.Remove(content);
            _contents[block] = null;
        }
    }
}
