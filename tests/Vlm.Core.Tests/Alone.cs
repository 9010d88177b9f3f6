namespace Vlm.Core.Tests;

/// <summary>Tests that count or set something of the whole process: nothing else runs meanwhile. A class of its own: a test class that
/// defined its collection, too, would get its fixture twice, and one of the two would never be disposed of.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
