using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public sealed class StepBatchTests
{
    private const int NumBlocks = 4;
    private const int BlockSize = 2;

    // Sequence 0 decodes its third token in blocks 1 and 2; sequence 1 prefills two tokens in block 0.
    private static readonly StepBatch Good = new(
        Positions: [2, 0, 1],
        Slots: [4, 0, 1],
        QueryStart: [0, 1, 3],
        ContextLength: [3, 2],
        BlockTables: new long[,] { { 1, 2 }, { 0, 0 } });

    [Fact]
    public void Check_SoundBatch_Passes()
    {
        Good.Check(NumBlocks, BlockSize);
        Assert.Equal((3, 2), (Good.NumTokens, Good.NumSequences));
    }

    [Fact]
    public void Check_SlotBehindTheCache_Throws() =>
        Refused(Good with { Slots = [4, 0, 8] }, "Step batch, Slots: expected 0 .. 7, found 8.");

    [Fact]
    public void Check_BlockBehindTheCache_Throws() =>
        Refused(
            Good with { BlockTables = new long[,] { { 1, 4 }, { 0, 0 } } },
            "Step batch, BlockTables: expected 0 .. 3, found 4.");

    [Fact]
    public void Check_NegativePosition_Throws() =>
        Refused(
            Good with { Positions = [-1, 0, 1] },
            $"Step batch, Positions: expected 0 .. {long.MaxValue - 1}, found -1.");

    [Fact]
    public void Check_FewerSlots_Throws() =>
        Refused(Good with { Slots = [4, 0] }, "Step batch, length of Slots: expected 3, found 2.");

    [Fact]
    public void Check_RowsOfNoSequence_Throws() =>
        Refused(Good with { QueryStart = [0, 1, 2] }, "Step batch, QueryStart: expected 0 .. 3, found 0 .. 2.");

    [Fact]
    public void Check_SequenceWithoutRows_Throws() =>
        Refused(Good with { QueryStart = [0, 0, 3] }, "Step batch, QueryStart[1]: expected more than 0, found 0.");

    [Fact]
    public void Check_ContextBeyondItsBlocks_Throws() =>
        Refused(Good with { ContextLength = [5, 2] }, "Step batch, ContextLength[0]: expected 1 .. 4, found 5.");

    [Fact]
    public void Check_ContextShorterThanItsRows_Throws() =>
        Refused(Good with { ContextLength = [3, 1] }, "Step batch, ContextLength[1]: expected 2 .. 4, found 1.");

    [Fact]
    public void Check_NothingToDo_Throws() =>
        Refused(
            new StepBatch([], [], [0], [], new long[0, 0]), "Step batch, QueryStart: expected 0 .. 1, found 0 .. 0.");

    private static void Refused(StepBatch batch, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => batch.Check(NumBlocks, BlockSize)).Message);
}
