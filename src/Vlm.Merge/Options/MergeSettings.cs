namespace Vlm.Merge;

/// <summary>In which order visual tokens reach the language model.</summary>
public enum TokenOrder
{
    /// <summary>As the last merge left them, which is what every reference does.</summary>
    Merged,

    /// <summary>By the first patch that each holds, which reads like the picture (merging.md section 12).</summary>
    Raster,
}

/// <summary>
/// What a caller may choose beyond method, profile and ratio; null leaves it to the profile. Which of them a profile
/// takes stands in <see cref="MergeProfileInfo.Options"/>, their ranges in <see cref="MergeOption"/>.
/// </summary>
public sealed record MergeSettings
{
    /// <summary>Everything as the profile has it.</summary>
    public static MergeSettings Default { get; } = new();

    /// <summary>Layers in which the method reduces.</summary>
    public LayerSelection? Layers { get; init; }

    /// <summary>Tokens removed per layer, instead of a ratio.</summary>
    public int? RemovedPerLayer { get; init; }

    /// <summary>How <see cref="RemovedPerLayer"/> runs over the layers: -1 falling to 0, 0 constant, 1 rising from 0.</summary>
    public double? Inflection { get; init; }

    /// <summary>Cosine from which tokens count as alike, in every layer.</summary>
    public double? Margin { get; init; }

    /// <summary>Depth of the energy below the margin.</summary>
    public double? Alpha { get; init; }

    /// <summary>Form of the energy.</summary>
    public EnergyForm? Energy { get; init; }

    /// <summary>How mergeable tokens become sources and destinations.</summary>
    public EnergySplit? Split { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Every how many tokens one stays.</summary>
    public int? Stride { get; init; }

    /// <summary>Whether the logarithm of the sizes is added to the attention logits.</summary>
    public bool? ProportionalAttention { get; init; }

    /// <summary>Order of the tokens for the language model.</summary>
    public TokenOrder? Order { get; init; }

    /// <summary>The choices as <see cref="MergeSpec.Parse(string)"/> reads them behind the ratio, null without any.</summary>
    public string? ToText()
    {
        string text = string.Join(',', MergeOption.All.Where(option => option.Print(this) is not null)
            .Select(option => $"{option.Name}={option.Print(this)}"));
        return text.Length == 0 ? null : text;
    }
}
