namespace Vlm.Eval.Runs;

/// <summary>How far a benchmark is, all settings together.</summary>
/// <param name="Title">Benchmark, and the setting of the last answer.</param>
/// <param name="Done">Questions answered, earlier sessions included.</param>
/// <param name="Total">Questions of this part, under each of the settings that were not complete.</param>
/// <param name="PerSecond">Answers per second of this session.</param>
/// <param name="Score">A main metric over what is answered, and its name; null where it is not known.</param>
public sealed record RunProgress(string Title, int Done, int Total, double PerSecond, (string Name, double Value)? Score)
{
    /// <summary>Time to the end at this rate.</summary>
    public TimeSpan Remaining => PerSecond > 0 ? TimeSpan.FromSeconds((Total - Done) / PerSecond) : TimeSpan.Zero;
}
