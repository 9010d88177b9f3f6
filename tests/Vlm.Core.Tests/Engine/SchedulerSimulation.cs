using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

/// <summary>One request of a simulation; <paramref name="CancelAt"/> is a step, <paramref name="Choices"/> 0 for a
/// generated answer.</summary>
public sealed record SimulationJob(int Arrival, int Prompt, int MaxTokens, int CancelAt, int Choices);

/// <summary>Limits and requests of a simulation.</summary>
public sealed record SimulationPlan(
    int MaxBatchSize, int MaxStepTokens, int NumBlocks, bool SharesPrompts, IReadOnlyList<SimulationJob> Jobs);

/// <summary>Runs a plan step by step and checks after each that no limit is passed and no block lost, and at the end
/// that all are done.</summary>
internal sealed class SchedulerSimulation(SimulationPlan plan)
{
    private const int BlockSize = 4;
    private const int MaxSteps = 5000;

    private readonly BlockAllocator _blocks = new(plan.NumBlocks);
    private readonly Dictionary<SequenceGroup, SimulationJob> _inside = [];
    private readonly int[] _memory = new int[plan.NumBlocks * BlockSize]; // the token whose keys and values a slot holds
    private int _numDone;

    public bool HoldsTheLaws()
    {
        var scheduler = new Scheduler(plan.MaxBatchSize, plan.MaxStepTokens, BlockSize, _blocks);
        for (var step = 0; step < MaxSteps && _numDone < plan.Jobs.Count; step++)
        {
            Arrive(scheduler, step);
            Cancel(scheduler, step);
            scheduler.Admit();
            var chunks = scheduler.Schedule();
            Check(scheduler, chunks);
            Fill(chunks);
            SchedulerTests.Run(chunks);
            scheduler.Note(chunks);
            Finish(scheduler);
        }

        Assert.Equal(plan.Jobs.Count, _numDone);
        Assert.Equal(plan.NumBlocks, _blocks.NumFree);
        Assert.False(scheduler.HasWork);
        return true;
    }

    private void Arrive(Scheduler scheduler, int step)
    {
        foreach (var job in plan.Jobs.Where(job => job.Arrival == step))
        {
            var prompt = SchedulerTests.Layout(job.Prompt);
            var contents = plan.SharesPrompts ? BlockContents.Of(prompt, BlockSize, tenant: "") : [];
            var group = job.Choices == 0
                ? SequenceGroup.ForAnswer(prompt, job.MaxTokens, contents)
                : SequenceGroup.ForChoices(
                    prompt, [.. Enumerable.Repeat<int[]>([1, 2, 3], job.Choices)], BlockSize, contents);
            if (group.NumBlocks(BlockSize) > plan.NumBlocks)
            {
                Assert.Throws<RequestTooLargeException>(() => scheduler.Add(group));
                _numDone++;
                continue;
            }

            scheduler.Add(group);
            _inside.Add(group, job);
        }
    }

    /// <summary>Writes what the model would, and checks that nobody has written over what a sequence goes on from.</summary>
    private void Fill(IReadOnlyList<Chunk> chunks)
    {
        foreach (var (sequence, start, count) in chunks)
        {
            for (var position = 0; position < start + count; position++)
            {
                ref var slot = ref _memory[(sequence.BlockOf(position, BlockSize) * BlockSize) + (position % BlockSize)];
                slot = position < start ? slot : sequence.Tokens[position];
                Assert.Equal(sequence.Tokens[position], slot);
            }
        }
    }

    private void Cancel(Scheduler scheduler, int step)
    {
        foreach (var (group, job) in _inside.Where(item => item.Value.CancelAt <= step).ToList())
        {
            Leave(scheduler, group);
        }
    }

    private void Finish(Scheduler scheduler)
    {
        foreach (var (group, job) in _inside.ToList())
        {
            var isDone = job.Choices == 0
                ? group.Sequences[0].Tokens.Count == job.Prompt + job.MaxTokens
                : group.Sequences.All(sequence => sequence.Remaining == 0);
            if (isDone)
            {
                Leave(scheduler, group);
            }
        }
    }

    private void Leave(Scheduler scheduler, SequenceGroup group)
    {
        scheduler.Remove(group);
        _inside.Remove(group);
        _numDone++;
    }

    private void Check(Scheduler scheduler, IReadOnlyList<Chunk> chunks)
    {
        Assert.InRange(chunks.Sum(chunk => chunk.Count), scheduler.NumRunning > 0 ? 1 : 0, plan.MaxStepTokens);
        Assert.InRange(scheduler.NumRunning, 0, plan.MaxBatchSize);
        Assert.Equal(chunks.Count, chunks.Select(chunk => chunk.Sequence).Distinct().Count());

        int[] held = [.. _inside.Keys.SelectMany(group => group.Sequences).SelectMany(sequence => sequence.Blocks)];
        Assert.True(plan.SharesPrompts || held.Length == held.Distinct().Count());
        Assert.Equal(plan.NumBlocks, held.Distinct().Count() + _blocks.NumFree);
        foreach (var chunk in chunks)
        {
            Assert.Equal(chunk.Sequence.NumCached, chunk.Start);
            Assert.InRange(chunk.End, 1, chunk.Sequence.NumSlots);
            _ = chunk.Sequence.BlockOf(chunk.End - 1, BlockSize); // its block is reserved
        }
    }
}
