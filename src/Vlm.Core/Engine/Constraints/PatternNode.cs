namespace Vlm.Core.Engine.Constraints;

/// <summary>A regular expression, read.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of a set.</summary>
    public sealed record Character(CodePointSet Set) : PatternNode;

    /// <summary>One after the other; none of them for the empty text.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Items) : PatternNode;

    /// <summary>One of several.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Options) : PatternNode;

    /// <summary>Several times; without a maximum any number more.</summary>
    public sealed record Repeat(PatternNode Item, int Min, int? Max) : PatternNode;

    /// <summary>Nothing, where the text begins.</summary>
    public sealed record Start : PatternNode;

    /// <summary>Nothing, where the text ends.</summary>
    public sealed record End : PatternNode;
}
