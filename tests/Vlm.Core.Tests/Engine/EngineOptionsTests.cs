using System.ComponentModel.DataAnnotations;
using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class EngineOptionsTests
{
    private const long Kilobyte = 1024;

    [Fact]
    public void Validate_Defaults_AreValid()
    {
        Assert.Empty(Faults(new EngineOptions()));
    }

    [Fact]
    public void Validate_StepSmallerThanBatch_NamesBoth()
    {
        Assert.Equal(
            ["MaxStepTokens: expected at least MaxBatchSize (64), found 32."],
            Faults(new EngineOptions { MaxBatchSize = 64, MaxStepTokens = 32 }));
    }

    [Fact]
    public void NumBlocks_SmallModel_HoldsEverySequenceAtFullContext()
    {
        Assert.Equal(16 * 256, new EngineOptions().NumBlocks(contextLength: 4096, bytesPerBlock: Kilobyte));
    }

    [Fact]
    public void NumBlocks_MediumModel_TakesOneGibibyte()
    {
        Assert.Equal(1024, new EngineOptions().NumBlocks(contextLength: 4096, bytesPerBlock: Kilobyte * Kilobyte));
    }

    [Fact]
    public void NumBlocks_LargeModel_HoldsOneFullContext()
    {
        Assert.Equal(256, new EngineOptions().NumBlocks(contextLength: 4096, bytesPerBlock: 8 * Kilobyte * Kilobyte));
    }

    [Fact]
    public void NumBlocks_MemoryGiven_FillsIt()
    {
        Assert.Equal(
            600, new EngineOptions { KvCacheBytes = 600 * Kilobyte * Kilobyte }.NumBlocks(4096, Kilobyte * Kilobyte));
    }

    private static IEnumerable<string?> Faults(EngineOptions options)
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return results.Select(result => result.ErrorMessage);
    }
}
