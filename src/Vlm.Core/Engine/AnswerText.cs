using Vlm.Core.Text;

namespace Vlm.Core.Engine;

/// <summary>Turns generated ids into the pieces of an answer: detokenised, cut at the first stop text, trimmed at both ends. What a later
/// id could still take away (the start of a stop text, trailing white space) is held back, so the pieces joined are the answer.</summary>
internal sealed class AnswerText(StreamingDetokenizer detokenizer, IReadOnlyList<string> stops)
{
    private string _pending = "";
    private bool _hasText;

    /// <summary>Whether a stop text was found; nothing may follow but <see cref="Flush"/>.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Text that is certain after one more id; may be empty.</summary>
    public string Append(int id) => Take(detokenizer.Append(id), isEnd: false);

    /// <summary>What is left at the end.</summary>
    public string Flush() => IsStopped ? "" : Take(detokenizer.Flush(), isEnd: true);

    private string Take(string text, bool isEnd)
    {
        _pending += text;
        var stop = FirstStop();
        if (stop >= 0)
        {
            (IsStopped, _pending, isEnd) = (true, _pending[..stop], true);
        }

        var certain = isEnd ? _pending.Length : _pending.Length - HeldBack();
        var piece = _pending[..certain].TrimEnd();
        piece = _hasText ? piece : piece.TrimStart();
        if (piece.Length > 0)
        {
            // The white space behind the piece waits: at the end of the answer it does not count.
            _pending = _pending[(_pending[..certain].TrimEnd().Length)..];
            _hasText = true;
        }

        return piece;
    }

    private int FirstStop() =>
        stops.Select(stop => _pending.IndexOf(stop, StringComparison.Ordinal)).Where(index => index >= 0).DefaultIfEmpty(-1).Min();

    /// <summary>Length of the longest end of the pending text that begins a stop text.</summary>
    private int HeldBack() => stops.Select(stop => Overlap(_pending, stop)).DefaultIfEmpty(0).Max();

    private static int Overlap(string text, string stop)
    {
        var length = Math.Min(text.Length, stop.Length - 1);
        while (length > 0 && !text.EndsWith(stop[..length], StringComparison.Ordinal))
        {
            length--;
        }

        return length;
    }
}
