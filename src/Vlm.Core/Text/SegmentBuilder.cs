using System.Text;

namespace Vlm.Core.Text;

/// <summary>Collects a prompt; neighbouring texts become one segment, since a cut would change the tokens.</summary>
internal sealed class SegmentBuilder
{
    private readonly List<PromptSegment> _segments = [];
    private readonly StringBuilder _text = new();

    /// <summary>The same prompt without empty texts and without two texts side by side.</summary>
    public static IReadOnlyList<PromptSegment> Join(IReadOnlyList<PromptSegment> prompt)
    {
        SegmentBuilder joined = new();
        foreach (PromptSegment segment in prompt)
        {
            _ = segment is PromptSegment.Text text ? joined.Text(text.Value) : joined.Add(segment);
        }

        return joined.Build();
    }

    public SegmentBuilder Text(string value)
    {
        _text.Append(value);
        return this;
    }

    public SegmentBuilder Special(string token) => Add(new PromptSegment.Special(token));

    public SegmentBuilder Image(int index) => Add(new PromptSegment.Image(index));

    public IReadOnlyList<PromptSegment> Build()
    {
        FlushText();
        return _segments;
    }

    private SegmentBuilder Add(PromptSegment segment)
    {
        FlushText();
        _segments.Add(segment);
        return this;
    }

    private void FlushText()
    {
        if (_text.Length > 0)
        {
            _segments.Add(new PromptSegment.Text(_text.ToString()));
            _text.Clear();
        }
    }
}
