namespace Vlm.Eval.Tests.Training;

/// <summary>Tests that compare bits: other tests of the process would change how many threads share a sum.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
