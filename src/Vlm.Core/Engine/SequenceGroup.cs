using Vlm.Merge;

namespace Vlm.Core.Engine;

/// <summary>The sequences of one request: one that generates, or a shared prefix and one per choice. They are admitted
/// and freed together.</summary>
internal sealed class SequenceGroup
{
    private SequenceGroup(PromptLayout prompt) => (Prompt, PicturesReady) = (prompt, prompt.Pictures.Count == 0);

    /// <summary>The prompt that they share.</summary>
    public PromptLayout Prompt { get; }

    public IReadOnlyList<Sequence> Sequences { get; private set; } = [];

    /// <summary>Whether the features of every picture are there; nothing runs before.</summary>
    public bool PicturesReady { get; set; }

    /// <summary>Who is served first when several wait.</summary>
    public RequestPriority Priority { get; set; }

    /// <summary>Whose request it is; places are shared evenly among those who wait.</summary>
    public string Tenant { get; set; } = "";

    /// <summary>Tokens of the prompt that were in the cache on admission.</summary>
    public int NumCachedTokens { get; set; }

    /// <summary>The pictures that the language model still has to see.</summary>
    public IEnumerable<PictureSpan> NeededPictures => Prompt.Pictures.Where(span => span.End > NumCachedTokens);

    /// <summary>A group that continues the prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="maxTokens">Most tokens to generate.</param>
    /// <param name="contents">Names of the prompt's whole blocks; empty to share none.</param>
    public static SequenceGroup ForAnswer(PromptLayout prompt, int maxTokens, IReadOnlyList<UInt128>? contents = null)
    {
        var group = new SequenceGroup(prompt);
        group.Sequences = [Sequence.Generate(group, prompt.Tokens, maxTokens, contents ?? [])];
        return group;
    }

    /// <summary>A group that scores choices. Whole blocks of the prompt are run once and shared; the rest of it, at
    /// least the last token, is run again in front of each choice, so no block is ever written by two
    /// sequences.</summary>
    public static SequenceGroup ForChoices(
        PromptLayout prompt,
        IReadOnlyList<IReadOnlyList<int>> choices,
        int blockSize,
        IReadOnlyList<UInt128>? contents = null)
    {
        var group = new SequenceGroup(prompt);
        var numShared = (prompt.Tokens.Count - 1) / blockSize * blockSize;
        var prefix = numShared > 0 ? Sequence.ForPrefix(group, prompt.Tokens, numShared, contents ?? []) : null;
        var scored = choices.Select(choice => Sequence.Score(group, prompt.Tokens, choice, prefix));
        group.Sequences = prefix is null ? [.. scored] : [prefix, .. scored];
        return group;
    }

    /// <summary>Blocks that admission reserves: all that the group can come to need, so nobody is ever
    /// evicted.</summary>
    public int NumBlocks(int blockSize) => Sequences.Sum(sequence => sequence.NumOwnBlocks(blockSize));
}

/// <summary>A picture under a merge setting, which decide its vectors, and whose it is: nobody finds another's.</summary>
internal sealed record PictureKey(string ContentKey, MergeSpec Merge, string Tenant = "");

/// <summary>Where a picture's vectors stand in a prompt.</summary>
internal sealed record PictureSpan(int Start, int Length, PictureKey Key)
{
    public int End => Start + Length;
}

/// <summary>A prompt as the language model counts it: one id per text token, one placeholder per visual
/// token.</summary>
internal sealed record PromptLayout(IReadOnlyList<int> Tokens, IReadOnlyList<PictureSpan> Pictures)
{
    /// <summary>Widens each placeholder to the picture's number of visual tokens.</summary>
    /// <exception cref="ArgumentException">Placeholders and pictures differ in number, or the prompt is
    /// empty.</exception>
    public static PromptLayout Create(
        IReadOnlyList<int> promptIds, int placeholder, IReadOnlyList<PictureKey> pictures, int visualTokens)
    {
        var numPlaceholders = promptIds.Count(id => id == placeholder);
        if (promptIds.Count == 0 || numPlaceholders != pictures.Count)
        {
            throw new ArgumentException(
                $"prompt: expected at least one token and as many picture places as pictures ({pictures.Count}), " +
                $"found {promptIds.Count} tokens with {numPlaceholders} picture places.");
        }

        List<int> tokens = [];
        List<PictureSpan> spans = [];
        foreach (var id in promptIds)
        {
            if (id == placeholder)
            {
                spans.Add(new PictureSpan(tokens.Count, visualTokens, pictures[spans.Count]));
            }

            tokens.AddRange(Enumerable.Repeat(id, id == placeholder ? visualTokens : 1));
        }

        return new PromptLayout(tokens, spans);
    }
}
