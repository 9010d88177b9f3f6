namespace Vlm.Merge;

/// <summary>How tokens sorted by energy become sources and destinations.</summary>
public enum EnergySplit
{
    /// <summary>Of the mergeable ones in turn: source, destination, source, ...</summary>
    Alternate,

    /// <summary>The upper half of the mergeable ones are sources.</summary>
    Halves,

    /// <summary>In turn after a random permutation of the mergeable ones (merging.md 11.1 ii).</summary>
    Random,

    /// <summary>
    /// The highest are sources and all others destinations, none protected (merging.md 11.1 i, July 2024).
    /// </summary>
    Top,
}
