using Vlm.Eval.Scoring;

namespace Vlm.Eval.Reports;

/// <summary>What a report shows.</summary>
public sealed record ReportOptions
{
    /// <summary>The command line, for the page.</summary>
    public required string Command { get; init; }

    /// <summary>Resamples of the intervals, at least 2.</summary>
    public int Samples { get; init; } = Bootstrap.DefaultSamples;

    /// <summary>Numbers of visual tokens at which methods are set side by side.</summary>
    public IReadOnlyList<int> Budgets { get; init; } = [];

    /// <summary>Worst questions shown per method, 0 or more.</summary>
    public int Regressions { get; init; } = 3;

    /// <summary>Pixels per side of the pictures; null shows the files as they are.</summary>
    public int? PictureSize { get; init; }
}
