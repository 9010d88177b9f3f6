namespace Vlm.Core.Engine.Constraints;

/// <summary>How much work one schema may make, whatever of it is to blame: a step is about what looking at one state costs.</summary>
internal sealed class CompileBudget
{
    internal const int MaxSteps = 4_000_000; // a tenth of a second or two

    private int _numSteps;

    /// <summary>Takes a number of steps.</summary>
    /// <exception cref="ArgumentException">There are not as many left.</exception>
    public void Spend(int numSteps)
    {
        _numSteps += numSteps;
        if (_numSteps is < 0 or > MaxSteps)
        {
            throw new ArgumentException($"schema: expected patterns, ranges and allOf that compile in {MaxSteps} steps, found larger ones.");
        }
    }
}
