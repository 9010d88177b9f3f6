// ECMA-262 (2024) 22.2.1, with the flag u as JSON Schema 2020-12 (core 6.4) asks, but for escaped punctuation, which may always be.
using System.Globalization;

namespace Vlm.Core.Engine.Constraints;

/// <summary>Reads a regular expression. What no finite automaton does is refused: back-references, looking around, word boundaries.</summary>
internal sealed class PatternParser
{
    private const int MaxDepth = 64;
    private const int MaxRepeats = 4096;

    private readonly string _text;
    private readonly string _path;
    private readonly PatternClasses _classes;
    private int _at;
    private int _depth;

    private PatternParser(string text, string path) => (_text, _path, _classes) = (text, path, new PatternClasses(this));

    private bool IsAtEnd => _at == _text.Length;

    /// <summary>The expression of a text at a place in the schema.</summary>
    /// <exception cref="ArgumentException">It is none, or holds something that is not supported.</exception>
    public static PatternNode Parse(string text, string path)
    {
        PatternParser parser = new(text, path);
        var node = parser.Choice();
        return parser.IsAtEnd ? node : throw parser.Fault("the end or | behind the expression");
    }

    /// <summary>What is wrong here.</summary>
    public ArgumentException Fault(string expected)
    {
        var found = IsAtEnd ? "its end" : $"'{Peek()}' at character {_at + 1}";
        return new ArgumentException($"{_path}: expected {expected}, found {found}.");
    }

    /// <summary>Whether this text comes next; if so it is passed.</summary>
    public bool Take(string text)
    {
        var isNext = string.CompareOrdinal(_text, _at, text, 0, text.Length) == 0;
        _at += isNext ? text.Length : 0;
        return isNext;
    }

    /// <summary>The next character, which stays; null at the end.</summary>
    public char? Peek() => IsAtEnd ? null : _text[_at];

    /// <summary>The next code point, which is passed.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public int Next()
    {
        if (IsAtEnd)
        {
            throw Fault("another character");
        }

        var isPair = char.IsSurrogatePair(_text, _at);
        var value = isPair ? char.ConvertToUtf32(_text, _at) : _text[_at];
        _at += isPair ? 2 : 1;
        return value;
    }

    /// <summary>A number of this many digits, or of any number of them up to a brace where <paramref name="count"/> is null.</summary>
    public int Hex(int? count)
    {
        var length = count ?? Math.Max(_text.IndexOf('}', _at) - _at, 0);
        var digits = _at + length <= _text.Length ? _text.Substring(_at, length) : "";
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value is < 0 or > 0x10FFFF)
        {
            throw Fault(count is { } exact ? $"{exact} hexadecimal digits" : "hexadecimal digits and }");
        }

        _at += length;
        return value;
    }

    /// <summary>The text up to a brace, which is passed.</summary>
    public string Braced()
    {
        var end = Take("{") ? _text.IndexOf('}', _at) : -1;
        if (end < 0)
        {
            throw Fault("{ and }");
        }

        var inside = _text[_at..end];
        _at = end + 1;
        return inside;
    }

    private PatternNode Choice()
    {
        if (++_depth > MaxDepth)
        {
            throw Fault($"at most {MaxDepth} groups within one another");
        }

        List<PatternNode> options = [Sequence()];
        while (Take("|"))
        {
            options.Add(Sequence());
        }

        _depth--;
        return options.Count == 1 ? options[0] : new PatternNode.Choice(options);
    }

    private PatternNode.Sequence Sequence()
    {
        List<PatternNode> items = [];
        while (Peek() is not (null or '|' or ')'))
        {
            items.Add(Quantified(Atom()));
        }

        return new(items);
    }

    private PatternNode Atom()
    {
        if (Peek() is { } next && "*+?{".Contains(next, StringComparison.Ordinal))
        {
            throw Fault("something to repeat before a quantifier");
        }

        return Take("^") ? new PatternNode.Start()
            : Take("$") ? new PatternNode.End()
            : Take("(") ? Group()
            : new PatternNode.Character(_classes.Read());
    }

    private PatternNode Group()
    {
        if (Take("?"))
        {
            PassGroupHead();
        }

        var inside = Choice();
        return Take(")") ? inside : throw Fault(")");
    }

    // Names are of use to back-references alone.
    private void PassGroupHead()
    {
        var isNamed = Take("<") && Peek() is not ('=' or '!');
        if (!isNamed && !Take(":"))
        {
            throw Fault("a group without look-ahead, look-behind or flags");
        }

        while (isNamed && !Take(">"))
        {
            Next();
        }
    }

    private PatternNode Quantified(PatternNode item)
    {
        (int Min, int? Max)? times = Take("*") ? (0, null)
            : Take("+") ? (1, null)
            : Take("?") ? (0, 1)
            : Peek() == '{' ? Counts()
            : null;
        if (times is not { } found)
        {
            return item;
        }

        Take("?"); // lazy or not, the texts are the same
        return new PatternNode.Repeat(item, found.Min, found.Max);
    }

    private (int Min, int? Max) Counts()
    {
        var start = _at;
        var parts = Braced().Split(',');
        var min = Count(parts[0]);
        var max = parts.Length == 1 ? min : parts[1].Length == 0 ? (int?)null : Count(parts[1]);
        if (min is { } least && parts.Length <= 2 && (max >= least || (parts.Length == 2 && parts[1].Length == 0)))
        {
            return (least, max);
        }

        _at = start;
        throw Fault($"{{n}}, {{n,}} or {{n,m}} with numbers from 0 to {MaxRepeats}");
    }

    private static int? Count(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxRepeats ? count : null;
}
