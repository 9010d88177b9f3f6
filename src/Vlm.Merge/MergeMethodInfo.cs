namespace Vlm.Merge;

/// <summary>Where in a block tokens are reduced.</summary>
public enum MergePlacement
{
    /// <summary>After the whole block, on its output.</summary>
    AfterBlock,

    /// <summary>Between attention and MLP.</summary>
    InsideBlock,

    /// <summary>Between the attention map and its use on the values.</summary>
    BeforeAttention,
}

/// <summary>What the similarity of tokens is computed from.</summary>
public enum MergeMetric
{
    /// <summary>The hidden states that are reduced.</summary>
    HiddenStates,

    /// <summary>The attention keys of the same block, averaged over heads.</summary>
    Keys,
}

/// <summary>What a method reads of the attention probabilities of a block: one number per token, [B, T]. None needs the map itself.
/// </summary>
public enum AttentionNeed
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>How much the class token looks at each token, mean over heads.</summary>
    ClassRow,

    /// <summary>How much each token looks at the class token, mean over heads.</summary>
    ClassColumn,

    /// <summary>How much each token is looked at, mean over heads and queries.</summary>
    KeyMeans,
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
/// <param name="Attention">What it reads of the attention probabilities.</param>
/// <param name="TracksSizes">Whether it counts the original tokens in each token (and averages by them).</param>
/// <param name="ProportionalAttention">Whether the logarithm of the sizes is added to the attention logits.</param>
/// <param name="TracksOwners">Whether the output token of each original token is defined.</param>
public sealed record MergeProfileInfo(
    string Name,
    string Description,
    MergePlacement Placement = MergePlacement.AfterBlock,
    MergeMetric Metric = MergeMetric.HiddenStates,
    AttentionNeed Attention = AttentionNeed.None,
    bool TracksSizes = false,
    bool ProportionalAttention = false,
    bool TracksOwners = true)
{
    /// <summary>Layers in which it reduces unless the caller says otherwise.</summary>
    public LayerSelection Layers { get; init; } = LayerSelection.All;

    /// <summary>Names of the options that it takes, see <see cref="MergeOption.All"/>.</summary>
    public IReadOnlyList<string> Options =>
        [.. MergeOption.All.Select(option => option.Name).Where(name => Takes.Contains(name) || name switch
        {
            "layers" => true,
            "proportional_attention" => TracksSizes,
            "order" => TracksOwners,
            _ => false,
        })];

    /// <summary>Whether it needs attention probabilities of the block.</summary>
    public bool UsesAttention => Attention != AttentionNeed.None;

    /// <summary>Options of its own; those that follow from the rest of the profile are not among them.</summary>
    internal IReadOnlyList<string> Takes { get; init; } = [];
}

/// <summary>One row of a table of ratios.</summary>
/// <param name="Ratio">Share kept by one application.</param>
/// <param name="Tokens">Visual tokens that reach the language model.</param>
public sealed record RatioTokens(double Ratio, int Tokens);
