namespace Vlm.Core.Engine;

/// <summary>Decides who is in the next step: integers and lists only. Interactive requests before batch ones; then whoever has fewest
/// running and was let in longest ago; then first come, first served.</summary>
internal sealed class Scheduler(int maxBatchSize, int maxStepTokens, int blockSize, BlockAllocator blocks)
{
    private readonly LinkedList<SequenceGroup> _waiting = [];
    private readonly List<SequenceGroup> _running = [];
    private readonly Dictionary<string, long> _lastTurn = []; // by tenant, of whom there are as many as API keys
    private long _turn;

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

    /// <summary>Admits groups in order while places and blocks last. The one whose turn it is is not overtaken by a smaller one, so it
    /// cannot starve.</summary>
    public IReadOnlyList<SequenceGroup> Admit()
    {
        List<SequenceGroup> admitted = [];
        while (_running.Count < maxBatchSize && Next() is { } group && TryReserve(group))
        {
            _waiting.Remove(group);
            _running.Add(group);
            _lastTurn[group.Tenant] = ++_turn;
            admitted.Add(group);
        }

        return admitted;
    }

    private SequenceGroup? Next() => _waiting.MinBy(
        group => (group.Priority, _running.Count(other => other.Tenant == group.Tenant), _lastTurn.GetValueOrDefault(group.Tenant))); // the first of equals

    /// <summary>Takes the blocks that a group can come to need: those with the beginning of its prompt where there are, else free
    /// ones.</summary>
    private bool TryReserve(SequenceGroup group)
    {
        var found = blocks.Find(group.Sequences[0].Contents);
        if (group.NumBlocks(blockSize) - found.Count > blocks.NumFreeBeside(found))
        {
            return false;
        }

        blocks.Share(found);
        group.NumCachedTokens = found.Count * blockSize;
        foreach (var sequence in group.Sequences)
        {
            var numNew = sequence.NumOwnBlocks(blockSize) - found.Count;
            sequence.Reserve([.. found, .. blocks.Allocate(numNew)], found.Count, blockSize);
            found = []; // only the first sequence has the prompt's beginning
        }

        return true;
    }

    /// <summary>Notes which blocks a step has filled, so that later prompts find them.</summary>
    public void Note(IReadOnlyList<Chunk> step)
    {
        foreach (var (sequence, start, count) in step)
        {
            var end = Math.Min((start + count) / blockSize, sequence.Contents.Count);
            for (var i = start / blockSize; i < end; i++)
            {
                blocks.Note(sequence.Blocks[i], sequence.Contents[i]);
            }
        }
    }

    /// <summary>Whether somebody waits for the next token of an answer.</summary>
    public bool HasAnswers => Runnable.Any(sequence => sequence.IsDecode);

    /// <summary>The next step: at most <c>maxStepTokens</c> tokens. Running answers get their one token each before
    /// prompts share the rest, so a long prompt comes in by chunks and no answer stalls for more than one
    /// step.</summary>
    /// <param name="maxPromptTokens">Most tokens of prompts.</param>
    public IReadOnlyList<Chunk> Schedule(int maxPromptTokens = int.MaxValue)
    {
        var answers = Runnable.Where(sequence => sequence.IsDecode).Take(maxStepTokens).ToList();
        var step = answers.ConvertAll(sequence => new Chunk(sequence, sequence.NumCached, 1));
        var budget = Math.Min(maxStepTokens - step.Count, maxPromptTokens);
        foreach (var prompt in Runnable.Where(sequence => !sequence.IsDecode).TakeWhile(_ => budget > 0))
        {
            var count = Math.Min(prompt.Remaining, budget);
            step.Add(new Chunk(prompt, prompt.NumCached, count));
            budget -= count;
        }

        return step;
    }

    private IEnumerable<Sequence> Runnable =>
        _running.SelectMany(group => group.Sequences).Where(sequence => sequence.IsRunnable);

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
