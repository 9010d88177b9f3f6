namespace Vlm.Core.Engine.Constraints;

/// <summary>Reads what stands for one character in a regular expression: itself, an escape, a class.</summary>
internal sealed class PatternClasses(PatternParser parser)
{
    private const int Hyphen = '-';

    private static readonly CodePointSet Digits = CodePointSet.Of([('0', '9')]);
    private static readonly CodePointSet Words = CodePointSet.Of([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]);
    private static readonly CodePointSet LineEnds = CodePointSet.Any("\n\r\u2028\u2029");

    // ECMA-262 12.2 and 12.3: tab to carriage return, the space separators, the line ends, the byte order mark.
    private static readonly CodePointSet Spaces = LineEnds.Or(CodePointSet.Of(
        [('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)]));

    /// <summary>The set of the next character outside of brackets.</summary>
    public CodePointSet Read() =>
        parser.Take(".") ? LineEnds.Inverse()
        : parser.Take("[") ? Brackets()
        : parser.Take("\\") ? Escape(isInClass: false)
        : Of(parser.Next());

    private CodePointSet Brackets()
    {
        var isInverse = parser.Take("^");
        List<(int, int)> ranges = [];
        while (!parser.Take("]"))
        {
            ranges.AddRange(Member());
        }

        var set = CodePointSet.Of(ranges);
        return isInverse ? set.Inverse() : set;
    }

    // A hyphen at either end stands for itself.
    private IEnumerable<(int First, int Last)> Member()
    {
        var (first, isClass) = Item();
        if (isClass || parser.Peek() != Hyphen)
        {
            return first.Ranges;
        }

        parser.Next();
        if (parser.Peek() == ']')
        {
            return first.Ranges.Append((Hyphen, Hyphen));
        }

        var (last, isLastClass) = Item();
        return !isLastClass && first.Ranges is [var (from, _)] && last.Ranges is [var (to, _)] && from <= to
            ? [(from, to)]
            : throw parser.Fault("a range of two characters, the lower one first, before this");
    }

    private (CodePointSet Set, bool IsClass) Item()
    {
        if (!parser.Take("\\"))
        {
            return (Of(parser.Next()), false);
        }

        var isClass = parser.Peek() is { } kind && "dDsSwWpP".Contains(kind, StringComparison.Ordinal);
        return (Escape(isInClass: true), isClass);
    }

    private CodePointSet Escape(bool isInClass)
    {
        if (!isInClass && parser.Peek() is 'b' or 'B' or 'k' or (>= '1' and <= '9'))
        {
            throw parser.Fault("no word boundary or back-reference");
        }

        var kind = parser.Next();
        return kind switch
        {
            'd' => Digits,
            'D' => Digits.Inverse(),
            's' => Spaces,
            'S' => Spaces.Inverse(),
            'w' => Words,
            'W' => Words.Inverse(),
            'p' => Property(),
            'P' => Property().Inverse(),
            _ => Of(EscapedCharacter(kind)),
        };
    }

    private int EscapedCharacter(int kind) => kind switch
    {
        't' => '\t',
        'n' => '\n',
        'v' => '\v',
        'f' => '\f',
        'r' => '\r',
        'b' => '\b',
        '0' when parser.Peek() is not (>= '0' and <= '9') => 0,
        'c' when parser.Peek() is { } letter && char.IsAsciiLetter(letter) => parser.Next() % 32,
        'x' => parser.Hex(2),
        'u' => Unicode(),
        < 128 when !char.IsAsciiLetterOrDigit((char)kind) => kind,
        _ => throw parser.Fault("an escape that is known before this"),
    };

    private int Unicode()
    {
        if (parser.Take("{"))
        {
            var value = parser.Hex(null);
            parser.Take("}");
            return value;
        }

        var unit = parser.Hex(4);
        return char.IsHighSurrogate((char)unit) && parser.Take("\\u") && parser.Hex(4) is var low && char.IsLowSurrogate((char)low)
            ? char.ConvertToUtf32((char)unit, (char)low)
            : unit;
    }

    private CodePointSet Property()
    {
        var name = parser.Braced();
        return GeneralCategories.Find(name) ?? throw parser.Fault($"the short name of a general category such as L or Lu instead of {name} before this");
    }

    private static CodePointSet Of(int codePoint) => CodePointSet.Of([(codePoint, codePoint)]);
}
