namespace Vlm.Core.Text;

/// <summary>Tokenises one run of ordinary characters. Safe for use by many threads.</summary>
internal interface ISegmentEncoder
{
    /// <summary>
    /// Ids of a text, never those of special tokens; with <paramref name="prefix"/> a non-empty text gets the mark in
    /// front.
    /// </summary>
    int[] Encode(string text, bool prefix);
}
