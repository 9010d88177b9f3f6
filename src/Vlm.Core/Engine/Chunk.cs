namespace Vlm.Core.Engine;

/// <summary>Tokens of a sequence that run in one step; ask it before the step is noted in the sequence or after, but
/// before a new token.</summary>
internal readonly record struct Chunk(Sequence Sequence, int Start, int Count)
{
    public int End => Start + Count;

    /// <summary>Whether the sequence's next token follows from the last row.</summary>
    public bool NeedsToken => Sequence.Kind == SequenceKind.Generate && End == Sequence.Goal;

    /// <summary>Positions whose next token, known already, is scored.</summary>
    public IEnumerable<int> ScoredPositions
    {
        get
        {
            var start = Math.Max(Start, Sequence.ScoreFrom);
            return Sequence.Kind == SequenceKind.Score && start < End ? Enumerable.Range(start, End - start) : [];
        }
    }
}
