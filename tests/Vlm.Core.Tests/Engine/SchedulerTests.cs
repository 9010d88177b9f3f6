using FsCheck;
using FsCheck.Fluent;
using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class SchedulerTests
{
    private const int BlockSize = 4;

    [Fact]
    public void Admit_NotEnoughBlocks_HeadWaitsAndNobodyOvertakes()
    {
        var blocks = new BlockAllocator(4);
        var scheduler = new Scheduler(8, 64, BlockSize, blocks);
        var (first, second, third) = (Answer(10, 3), Answer(10, 3), Answer(1, 1));
        scheduler.Add(first);
        scheduler.Add(second);
        scheduler.Add(third);

        Assert.Equal([first], scheduler.Admit());
        Assert.Equal(1, blocks.NumFree);
        scheduler.Remove(first);
        Assert.Equal([second, third], scheduler.Admit());
    }

    [Fact]
    public void Admit_AllPlacesTaken_Waits()
    {
        var scheduler = new Scheduler(1, 64, BlockSize, new BlockAllocator(64));
        scheduler.Add(Answer(1, 1));
        scheduler.Add(Answer(1, 1));
        Assert.Single(scheduler.Admit());
        Assert.Empty(scheduler.Admit());
        Assert.Equal((1, 1), (scheduler.NumWaiting, scheduler.NumRunning));
    }

    [Fact]
    public void Add_LargerThanCache_Throws()
    {
        var scheduler = new Scheduler(1, 64, BlockSize, new BlockAllocator(2));
        var error = Assert.Throws<RequestTooLargeException>(() => scheduler.Add(Answer(8, 2)));
        Assert.Equal("KV cache: expected a request of at most 2 blocks of 4 tokens, found one of 3.", error.Message);
        Assert.False(scheduler.HasWork);
    }

    [Fact]
    public void Schedule_LongPromptBesideRunningAnswer_ComesInChunksWithoutStallingIt()
    {
        var scheduler = new Scheduler(4, 8, BlockSize, new BlockAllocator(64));
        var answer = Answer(3, 9);
        scheduler.Add(answer);
        scheduler.Admit();
        Run(scheduler.Schedule());

        var prompt = Answer(16, 2);
        scheduler.Add(prompt);
        scheduler.Admit();
        Chunk[][] steps = [.. Enumerable.Range(0, 3).Select(_ => Run(scheduler.Schedule()))];
        Assert.Equal([(answer, 3, 1), (prompt, 0, 7)], steps[0].Select(Shape));
        Assert.Equal([(answer, 4, 1), (prompt, 7, 7)], steps[1].Select(Shape));
        Assert.Equal([(answer, 5, 1), (prompt, 14, 2)], steps[2].Select(Shape));
    }

    [Fact]
    public void Schedule_FewPromptTokens_AnswersRunAllTheSame()
    {
        var scheduler = new Scheduler(4, 64, BlockSize, new BlockAllocator(64));
        SequenceGroup[] answers = [Answer(3, 9), Answer(5, 9)];
        Array.ForEach(answers, scheduler.Add);
        scheduler.Admit();
        Assert.False(scheduler.HasAnswers);
        Run(scheduler.Schedule());
        Assert.True(scheduler.HasAnswers);

        SequenceGroup[] prompts = [Answer(16, 2), Answer(16, 2)];
        Array.ForEach(prompts, scheduler.Add);
        scheduler.Admit();

        Assert.Equal(
            [(answers[0], 3, 1), (answers[1], 5, 1), (prompts[0], 0, 16), (prompts[1], 0, 2)],
            scheduler.Schedule(maxPromptTokens: 18).Select(Shape));
    }

    [Fact]
    public void Schedule_PicturesMissing_OthersRun()
    {
        var scheduler = new Scheduler(4, 8, BlockSize, new BlockAllocator(64));
        var (waits, runs) = (Answer(3, 1), Answer(2, 1));
        waits.PicturesReady = false;
        scheduler.Add(waits);
        scheduler.Add(runs);
        scheduler.Admit();
        Assert.Equal([(runs, 0, 2)], scheduler.Schedule().Select(Shape));
    }

    [Fact]
    public void Schedule_Choices_ShareThePromptsFullBlocks()
    {
        var blocks = new BlockAllocator(64);
        var scheduler = new Scheduler(4, 64, BlockSize, blocks);
        var group = SequenceGroup.ForChoices(Layout(9), [[1], [2, 3, 4]], BlockSize);
        scheduler.Add(group);
        scheduler.Admit();
        var prefix = group.Sequences[0];
        Assert.Equal([(group, 0, 8)], Run(scheduler.Schedule()).Select(Shape));

        // One token of the prompt is run again in front of each choice; the last token of a choice has nothing to
        // predict.
        Assert.Equal([(group, 8, 1), (group, 8, 3)], Run(scheduler.Schedule()).Select(Shape));
        Assert.Equal(prefix.Blocks[1], group.Sequences[1].BlockOf(7, BlockSize));
        Assert.Equal(group.Sequences[2].Blocks[0], group.Sequences[2].BlockOf(8, BlockSize));
        Assert.Empty(scheduler.Schedule());
        scheduler.Remove(group);
        Assert.Equal(64, blocks.NumFree);
    }

    [Fact]
    public void Schedule_AnyArrivals_KeepsTheLaws() =>
        Prop.ForAll(Plans().ToArbitrary(), plan => new SchedulerSimulation(plan).HoldsTheLaws())
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Admit_PromptThatBeginsLikeAnother_RunsOnlyTheRest()
    {
        var blocks = new BlockAllocator(64);
        var scheduler = new Scheduler(4, 64, BlockSize, blocks);
        var (first, second) = (Shared(10, 2), Shared(9, 2));
        scheduler.Add(first);
        scheduler.Admit();
        scheduler.Note(Run(scheduler.Schedule()));
        scheduler.Add(second);
        scheduler.Admit();

        Assert.Equal(8, second.NumCachedTokens);
        Assert.Equal(first.Sequences[0].Blocks.Take(2), second.Sequences[0].Blocks.Take(2));
        Assert.Equal([(first, 10, 1), (second, 8, 1)], scheduler.Schedule().Select(Shape));
    }

    [Fact]
    public void Admit_BatchAndInteractive_ServesInteractiveFirst()
    {
        var scheduler = new Scheduler(1, 64, BlockSize, new BlockAllocator(64));
        var (batch, chat) = (Answer(1, 1, priority: RequestPriority.Batch), Answer(1, 1));
        scheduler.Add(batch);
        scheduler.Add(chat);

        Assert.Equal([chat], scheduler.Admit());
        scheduler.Remove(chat);
        Assert.Equal([batch], scheduler.Admit());
    }

    [Fact]
    public void Admit_OneTenantAskedForMuch_TheOtherIsServedInBetween()
    {
        var scheduler = new Scheduler(2, 64, BlockSize, new BlockAllocator(64));
        var greedy = Enumerable.Range(0, 3).Select(_ => Answer(1, 1, tenant: "greedy")).ToList();
        var modest = Answer(1, 1, tenant: "modest");
        greedy.ForEach(scheduler.Add);
        scheduler.Add(modest);

        Assert.Equal([greedy[0], modest], scheduler.Admit());
    }

    [Fact]
    public void Admit_OnePlaceForTwoTenants_TheyTakeTurns()
    {
        var scheduler = new Scheduler(1, 64, BlockSize, new BlockAllocator(64));
        List<SequenceGroup> groups = [.. "aaabb".Select(tenant => Answer(1, 1, tenant: tenant.ToString()))];
        groups.ForEach(scheduler.Add);

        var served = groups.Select(_ =>
        {
            var admitted = scheduler.Admit().Single();
            scheduler.Remove(admitted);
            return admitted.Tenant;
        });

        Assert.Equal("ababa", string.Concat(served));
    }

    private static Gen<SimulationPlan> Plans() =>
        from maxBatchSize in Gen.Choose(1, 6)
        from extra in Gen.Choose(0, 12)
        from numBlocks in Gen.Choose(8, 24)
        from jobs in Jobs().NonEmptyListOf()
        from shares in Gen.Elements(true, false)
        select new SimulationPlan(maxBatchSize, maxBatchSize + extra, numBlocks, shares, [.. jobs]);

    private static Gen<SimulationJob> Jobs() =>
        from arrival in Gen.Choose(0, 20)
        from prompt in Gen.Choose(1, 20)
        from maxTokens in Gen.Choose(1, 10)
        from cancel in Gen.Frequency((3, Gen.Constant(int.MaxValue)), (1, Gen.Choose(0, 40)))
        from choices in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(2, 3)))
        select new SimulationJob(arrival, prompt, maxTokens, cancel, choices);

    private static (SequenceGroup Group, int Start, int Count) Shape(Chunk chunk) =>
        (chunk.Sequence.Group, chunk.Start, chunk.Count);

    internal static SequenceGroup Answer(
        int promptLength, int maxTokens, RequestPriority priority = default, string tenant = "")
    {
        var answer = SequenceGroup.ForAnswer(Layout(promptLength), maxTokens);
        (answer.Priority, answer.Tenant) = (priority, tenant);
        return answer;
    }

    private static SequenceGroup Shared(int promptLength, int maxTokens) => SequenceGroup.ForAnswer(
        Layout(promptLength), maxTokens, BlockContents.Of(Layout(promptLength), BlockSize, tenant: ""));

    internal static PromptLayout Layout(int length) => new([.. Enumerable.Range(1, length)], []);

    // What the engine does with a step: everything in it is cached, and a sequence whose end was reached gets its next
    // token.
    internal static Chunk[] Run(IReadOnlyList<Chunk> chunks)
    {
        foreach (var chunk in chunks)
        {
            chunk.Sequence.Advance(chunk.Count);
            if (chunk.NeedsToken)
            {
                chunk.Sequence.Append(7);
            }
        }

        return [.. chunks];
    }
}
