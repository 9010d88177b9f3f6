namespace Vlm.Core.Text;

/// <summary>
/// One part of a rendered prompt. What a user wrote is only ever <see cref="Text"/>, so it cannot become a special
/// token.
/// </summary>
public abstract record PromptSegment
{
    private PromptSegment()
    {
    }

    /// <summary>Ordinary characters.</summary>
    public sealed record Text(string Value) : PromptSegment;

    /// <summary>A special token by name, such as <c>&lt;/s&gt;</c>.</summary>
    public sealed record Special(string Token) : PromptSegment;

    /// <summary>The place of a picture; <paramref name="Index"/> counts the request's pictures from 0.</summary>
    public sealed record Image(int Index) : PromptSegment;
}
