namespace Vlm.Core.Engine;

/// <summary>What becomes of a sequence's last rows.</summary>
internal enum SequenceKind
{
    /// <summary>The last row gives the next token, until the request ends.</summary>
    Generate,

    /// <summary>Only fills cache blocks, which the group's <see cref="Score"/> sequences share.</summary>
    Prefix,

    /// <summary>The rows from <see cref="Sequence.ScoreFrom"/> on give the log-probability of the token behind
    /// each.</summary>
    Score,
}

/// <summary>One run of tokens through the language model: its ids, how far the cache holds them, and in which blocks.
/// Integers only.</summary>
internal sealed class Sequence
{
    private readonly List<int> _tokens;

    private Sequence(SequenceGroup group, SequenceKind kind, IEnumerable<int> tokens, int numSlots, Sequence? prefix)
    {
        (Group, Kind, NumSlots, Prefix) = (group, kind, numSlots, prefix);
        _tokens = [.. tokens];
        NumCached = prefix?.Goal ?? 0;
    }

    public SequenceGroup Group { get; }

    public SequenceKind Kind { get; }

    /// <summary>Ids so far; each visual token of a picture has the picture's placeholder.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Cache places that it may come to need, its prefix's included.</summary>
    public int NumSlots { get; }

    /// <summary>The sequence whose full blocks stand in front of its own.</summary>
    public Sequence? Prefix { get; }

    /// <summary>First row whose logits are scored.</summary>
    public int ScoreFrom { get; private init; }

    /// <summary>Tokens whose keys and values are in the cache.</summary>
    public int NumCached { get; private set; }

    /// <summary>Own blocks, in order; the prefix's come before them.</summary>
    public IReadOnlyList<int> Blocks { get; private set; } = [];

    /// <summary>Tokens to run before this sequence is done or needs a new token. The last token of a scored text has
    /// nothing behind it.</summary>
    public int Goal => Kind == SequenceKind.Score ? _tokens.Count - 1 : _tokens.Count;

    /// <summary>Tokens still to run.</summary>
    public int Remaining => Goal - NumCached;

    /// <summary>One token is left and all before it are cached.</summary>
    public bool IsDecode => Remaining == 1 && NumCached > 0;

    /// <summary>Whether it can run now.</summary>
    public bool IsRunnable => Remaining > 0 && Group.PicturesReady && Prefix is not { Remaining: > 0 };

    /// <summary>Prompt and answer. The last token generated never enters the cache.</summary>
    public static Sequence Generate(
        SequenceGroup group, IReadOnlyList<int> prompt, int maxTokens, IReadOnlyList<UInt128> contents) =>
        new(group, SequenceKind.Generate, prompt, prompt.Count + maxTokens - 1, prefix: null) { Contents = contents };

    /// <summary>The first <paramref name="length"/> tokens of a prompt, a whole number of blocks.</summary>
    public static Sequence ForPrefix(
        SequenceGroup group, IReadOnlyList<int> prompt, int length, IReadOnlyList<UInt128> contents) =>
        new(group, SequenceKind.Prefix, prompt.Take(length), length, prefix: null) { Contents = contents };

    /// <summary>A prompt with one possible answer behind it.</summary>
    public static Sequence Score(
        SequenceGroup group, IReadOnlyList<int> prompt, IReadOnlyList<int> choice, Sequence? prefix) =>
        new(group, SequenceKind.Score, prompt.Concat(choice), prompt.Count + choice.Count - 1, prefix)
        {
            ScoreFrom = prompt.Count - 1,
        };

    /// <summary>Blocks of its own that it may come to need.</summary>
    public int NumOwnBlocks(int blockSize) => (NumSlots - (Prefix?.Goal ?? 0) + blockSize - 1) / blockSize;

    /// <summary>Names of its first blocks, as far as others may share them.</summary>
    public IReadOnlyList<UInt128> Contents { get; private init; } = [];

    /// <summary>Hands over <see cref="NumOwnBlocks"/> blocks, the first of which are filled already.</summary>
    public void Reserve(IReadOnlyList<int> blocks, int numFilled, int blockSize)
    {
        Blocks = blocks;
        NumCached += numFilled * blockSize;
    }

    /// <summary>Takes the blocks back.</summary>
    public IReadOnlyList<int> Release()
    {
        var blocks = Blocks;
        Blocks = [];
        return blocks;
    }

    /// <summary>Notes that more tokens have been run.</summary>
    public void Advance(int count) => NumCached += count;

    /// <summary>Notes a new token.</summary>
    public void Append(int token) => _tokens.Add(token);

    /// <summary>The block that holds a token.</summary>
    public int BlockOf(int position, int blockSize)
    {
        var index = position / blockSize;
        var numShared = Prefix?.Blocks.Count ?? 0;
        return index < numShared ? Prefix!.Blocks[index] : Blocks[index - numShared];
    }
}
