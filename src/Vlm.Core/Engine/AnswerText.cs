namespace Vlm.Core.Engine;

/// <summary>Turns detokenised text into the pieces of an answer: cut at the first stop text, trimmed at both ends. What
/// later text could still take away (the start of a stop text, trailing white space) is held back, so the pieces joined
/// are the answer.</summary>
internal sealed class AnswerText(IReadOnlyList<string> stops)
{
    private string _pending = "";
    private bool _hasText;

    /// <summary>Whether a stop text was found; nothing that follows counts.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>What is certain after more text; may be empty.</summary>
    public string Append(string text) => Take(text, isEnd: false);

    /// <summary>What is left when <paramref name="text"/> is the last.</summary>
    public string Flush(string text) => Take(text, isEnd: true);

    private string Take(string text, bool isEnd)
    {
        if (IsStopped)
        {
            return "";
        }

        _pending += text;
        if (FirstStop() is { } stop)
        {
            (IsStopped, isEnd) = (true, true);
            _pending = _pending[..stop];
        }

        var certain = _pending[..(_pending.Length - (isEnd ? 0 : HeldBack()))].TrimEnd();
        var piece = _hasText ? certain : certain.TrimStart();
        if (piece.Length > 0)
        {
            // The white space behind the piece waits: at the end of the answer it does not count.
            _pending = _pending[certain.Length..];
            _hasText = true;
        }

        return piece;
    }

    /// <summary>Where the stop text begins that is complete first, so that the cut does not depend on how the text came
    /// in pieces.</summary>
    private int? FirstStop() => stops
        .Select(stop => (Start: _pending.IndexOf(stop, StringComparison.Ordinal), stop.Length))
        .Where(found => found.Start >= 0)
        .OrderBy(found => found.Start + found.Length)
        .ThenBy(found => found.Start)
        .Select(found => (int?)found.Start)
        .FirstOrDefault();

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
