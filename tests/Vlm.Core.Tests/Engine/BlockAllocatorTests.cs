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
}
