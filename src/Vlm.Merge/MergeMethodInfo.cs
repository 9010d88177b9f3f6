namespace Vlm.Merge;

/// <summary>Where in a block tokens are reduced.</summary>
public enum MergePlacement
{
    /// <summary>After the whole block, on its output.</summary>
    AfterBlock,

    /// <summary>Between attention and MLP.</summary>
    InsideBlock,
}

/// <summary>What the similarity of tokens is computed from.</summary>
public enum MergeMetric
{
    /// <summary>The hidden states that are reduced.</summary>
    HiddenStates,

    /// <summary>The attention keys of the same block, averaged over heads.</summary>
    Keys,
}

/// <summary>A method as users see it.</summary>
/// <param name="Name">Name in a merge spec.</param>
/// <param name="Description">One sentence with the source.</param>
/// <param name="Profiles">Its profiles, the default first; empty for <c>none</c>.</param>
public sealed record MergeMethodInfo(string Name, string Description, IReadOnlyList<MergeProfileInfo> Profiles);

/// <summary>A profile: one complete, named choice of everything a method leaves open.</summary>
/// <param name="Name">Name in a merge spec.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Placement">Where in a block it reduces.</param>
/// <param name="Metric">What it compares.</param>
/// <param name="UsesAttention">Whether it needs the attention probabilities of the block.</param>
/// <param name="TracksSizes">Whether it counts the original tokens in each token (and averages by them).</param>
/// <param name="ProportionalAttention">Whether the logarithm of the sizes is added to the attention logits.</param>
/// <param name="TracksOwners">Whether the output token of each original token is defined.</param>
public sealed record MergeProfileInfo(
    string Name,
    string Description,
    MergePlacement Placement = MergePlacement.AfterBlock,
    MergeMetric Metric = MergeMetric.HiddenStates,
    bool UsesAttention = false,
    bool TracksSizes = false,
    bool ProportionalAttention = false,
    bool TracksOwners = true);

/// <summary>One row of a table of ratios.</summary>
/// <param name="Ratio">Share kept by one application.</param>
/// <param name="Tokens">Visual tokens that reach the language model.</param>
public sealed record RatioTokens(double Ratio, int Tokens);
