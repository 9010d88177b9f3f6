namespace Vlm.Core.Text;

/// <summary>Which segments of a prompt get the mark U+2581 in front (llava.md 7.3).</summary>
public enum PrefixRule
{
    /// <summary>
    /// LLaVA's own code: the prompt is cut at each picture and the beginning of every chunk gets the mark; a segment
    /// that follows a special token gets none.
    /// </summary>
    Original,

    /// <summary>
    /// Every segment between special tokens (the <c>tokenizer.json</c> of llava-hf; "legacy" of the slow tokenizer).
    /// </summary>
    EverySegment,

    /// <summary>Only text at the very beginning of the prompt, unless it begins with a space already.</summary>
    FirstSegment,
}

/// <summary>A rule as a <c>tokenizer.json</c> words it.</summary>
/// <param name="Rule">Which segments get the mark.</param>
/// <param name="SkipsMarked">
/// Whether a segment that begins with a space keeps just that (Metaspace does this, Prepend does not).
/// </param>
internal sealed record PrefixPolicy(PrefixRule Rule, bool SkipsMarked)
{
    public static PrefixPolicy Of(PrefixRule rule) => new(rule, rule == PrefixRule.FirstSegment);

    /// <summary>Whether a text gets the mark.</summary>
    /// <param name="text">The segment's characters.</param>
    /// <param name="startsPrompt">Nothing stands before it, apart from the automatic begin mark.</param>
    /// <param name="startsChunk">It stands at the beginning of the prompt or right after a picture.</param>
    public bool Applies(string text, bool startsPrompt, bool startsChunk)
    {
        bool isPlace = Rule switch
        {
            PrefixRule.Original => startsChunk,
            PrefixRule.FirstSegment => startsPrompt,
            _ => true,
        };
        return isPlace && !(SkipsMarked && text is [' ' or Vocabulary.Mark, ..]);
    }
}
