namespace Vlm.Core.Engine;

/// <summary>Decides who is in the next step: integers and lists only. First come, first served.</summary>
internal sealed class Scheduler(int maxSequences, int maxStepTokens, int blockSize, BlockAllocator blocks)
{
    private readonly LinkedList<SequenceGroup> _waiting = [];
    private readonly List<SequenceGroup> _running = [];

    public int NumWaiting => _waiting.Count;

    public int NumRunning => _running.Count;

    public bool HasWork => NumWaiting + NumRunning > 0;

    /// <summary>Puts a group at the end of the queue.</summary>
    /// <exception cref="RequestTooLargeException">It could never run: it needs more blocks than there are.</exception>
    public void Add(SequenceGroup group)
    {
        if (group.NumBlocks(blockSize) > blocks.NumBlocks)
        {
            throw new RequestTooLargeException(
                $"KV cache: expected a request of at most {blocks.NumBlocks} blocks of {blockSize} tokens, " +
                $"found one of {group.NumBlocks(blockSize)}.");
        }

        _waiting.AddLast(group);
    }

    /// <summary>Admits groups in order while places and blocks last. The head of the queue is never overtaken, so it
    /// cannot starve.</summary>
    public IReadOnlyList<SequenceGroup> Admit()
    {
        List<SequenceGroup> admitted = [];
        while (_waiting.First?.Value is { } group
            && _running.Count < maxSequences
            && group.NumBlocks(blockSize) <= blocks.NumFree)
        {
            _waiting.RemoveFirst();
            foreach (var sequence in group.Sequences)
            {
                sequence.Reserve(blocks.Allocate(sequence.NumOwnBlocks(blockSize)));
            }

            _running.Add(group);
            admitted.Add(group);
        }

        return admitted;
    }

    /// <summary>The next step: at most <c>maxStepTokens</c> tokens. Running answers get their one token each before
    /// prompts share the rest, so a long prompt comes in by chunks and no answer stalls for more than one
    /// step.</summary>
    public IReadOnlyList<Chunk> Schedule()
    {
        List<Chunk> step = [];
        var budget = maxStepTokens;
        var runnable = _running.SelectMany(group => group.Sequences).Where(sequence => sequence.IsRunnable).ToList();
        foreach (var sequence in runnable.OrderBy(sequence => !sequence.IsDecode)) // stable: else by arrival
        {
            var count = Math.Min(sequence.Remaining, budget);
            if (count == 0)
            {
                break;
            }

            step.Add(new Chunk(sequence, sequence.NumCached, count));
            budget -= count;
        }

        return step;
    }

    /// <summary>Forgets a group, waiting or running, and frees its blocks. Does nothing for one it does not
    /// know.</summary>
    public void Remove(SequenceGroup group)
    {
        _ = _running.Remove(group) || _waiting.Remove(group);
        foreach (var sequence in group.Sequences)
        {
            blocks.Free(sequence.Release());
        }
    }
}
