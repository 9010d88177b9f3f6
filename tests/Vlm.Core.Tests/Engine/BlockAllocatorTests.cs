using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class BlockAllocatorTests
{
    [Fact]
    public void Allocate_AllBlocks_GivesEachOnce()
    {
        var blocks = new BlockAllocator(5);
        Assert.Equal([0, 1, 2, 3, 4], blocks.Allocate(2).Concat(blocks.Allocate(3)).Order());
        Assert.Equal(0, blocks.NumFree);
    }

    [Fact]
    public void Allocate_MoreThanFree_Throws()
    {
        var blocks = new BlockAllocator(3);
        blocks.Allocate(2);
        var error = Assert.Throws<InvalidOperationException>(() => blocks.Allocate(2));
        Assert.Equal("Cache blocks: expected 2 free ones, found 1 of 3.", error.Message);
        Assert.Equal(1, blocks.NumFree);
    }

    [Fact]
    public void Free_Twice_Throws()
    {
        var blocks = new BlockAllocator(3);
        var mine = blocks.Allocate(1);
        blocks.Free(mine);
        var error = Assert.Throws<InvalidOperationException>(() => blocks.Free(mine));
        Assert.Equal("Cache block 0: expected it in use, found it free.", error.Message);
    }

    [Fact]
    public void Find_NotedBlocks_GivesTheKnownBeginning()
    {
        var blocks = Noted(10, 11, 12);

        Assert.Equal([0, 1], blocks.Find([10, 11, 99, 12]));
        Assert.Empty(blocks.Find([99, 10]));
    }

    [Fact]
    public void Free_NotedBlocks_StayFindableUntilTheyAreNeeded()
    {
        var blocks = Noted(10, 11, 12); // and block 3, never used
        blocks.Free([0, 1, 2]);

        Assert.Equal(3, blocks.Allocate(1)[0]);
        Assert.Equal(2, blocks.Allocate(1)[0]); // the end of the sequence before its beginning
        Assert.Equal([0, 1], blocks.Find([10, 11, 12]));
    }

    [Fact]
    public void Share_FreeBlocks_TakesThemOutOfTheFreeList()
    {
        var blocks = Noted(10, 11);
        blocks.Free([0, 1]);
        Assert.Equal(2, blocks.NumFreeBeside([0, 1]));

        blocks.Share([0, 1]);
        blocks.Share([0]);
        Assert.Equal(2, blocks.NumFree);
        blocks.Free([0, 1]);
        Assert.Equal(3, blocks.NumFree);
        blocks.Free([0]);
        Assert.Equal(4, blocks.NumFree);
    }

    [Fact]
    public void Note_ContentOfAnotherBlock_KeepsTheFirst()
    {
        var blocks = Noted(10);
        var other = blocks.Allocate(1);

        blocks.Note(other[0], 10);

        Assert.Equal([0], blocks.Find([10]));
        blocks.Free(other);
        Assert.Equal([0], blocks.Find([10]));
    }

    private static BlockAllocator Noted(params UInt128[] contents)
    {
        var blocks = new BlockAllocator(4);
        foreach (var (block, content) in blocks.Allocate(contents.Length).Zip(contents))
        {
            blocks.Note(block, content);
        }

        return blocks;
    }
}
