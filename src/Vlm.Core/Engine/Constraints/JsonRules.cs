// JSON: RFC 8259. Text inside strings is valid UTF-8 (RFC 3629) and holds no lone surrogate.
namespace Vlm.Core.Engine.Constraints;

/// <summary>The rules of JSON. Bounded where the standard is not, so that a weak model cannot go on for ever: white space, digits
/// (15 and an exponent of 2: what a double holds) and nesting.</summary>
internal sealed class JsonRules
{
    private const int MaxIndent = 16;
    private const int MaxDigits = 15;
    private const int MaxDepth = 16;

    private static readonly ByteSet Digit = ByteSet.Range((byte)'0', (byte)'9');
    private static readonly ByteSet Hex = Digit.Or(ByteSet.Any("abcdefABCDEF"));

    private readonly GrammarBuilder _grammar;

    public JsonRules(GrammarBuilder grammar)
    {
        _grammar = grammar;
        Space = grammar.Add([], [Byte(' ')], [Byte('\n'), grammar.Repeat(Byte(' '), 0, MaxIndent)]);
        Character = grammar.Add([.. Characters()]);
        String = grammar.Add([Byte('"'), grammar.Repeat(Character, 0, null), Byte('"')]);
        Integer = AddInteger();
        Number = AddNumber();
        (Value, Object, Array) = AddValues();
    }

    /// <summary>No or some white space.</summary>
    public int Space { get; }

    /// <summary>One character inside a string.</summary>
    public int Character { get; }

    public int String { get; }

    public int Integer { get; }

    public int Number { get; }

    /// <summary>Any value.</summary>
    public int Value { get; }

    /// <summary>Any object.</summary>
    public int Object { get; }

    /// <summary>Any array.</summary>
    public int Array { get; }

    /// <summary>Items between brackets, separated by commas.</summary>
    public int List(char open, Symbol item, char close, int min = 0, int? max = null)
    {
        var further = _grammar.Add([Byte(','), Space, item, Space]);
        Symbol[] some = max == 0
            ? []
            : [item, Space, _grammar.Repeat(further, Math.Max(min - 1, 0), max - 1)];
        var items = min > 0 || max == 0 ? _grammar.Add([some]) : _grammar.Add([], some);
        return _grammar.Add([Byte(open), Space, items, Byte(close)]);
    }

    /// <summary>A member of an object.</summary>
    public int Member(Symbol[] name, Symbol value) => _grammar.Add([.. name, Byte(':'), Space, value]);

    public static ByteSet Byte(char ascii) => ByteSet.Of((byte)ascii);

    private static IEnumerable<Symbol[]> Characters()
    {
        var continuation = ByteSet.Range(0x80, 0xBF);
        yield return [ByteSet.Range(0x20, 0x7E).Without(ByteSet.Any("\"\\"))];
        yield return [ByteSet.Range(0xC2, 0xDF), continuation];
        yield return [ByteSet.Of(0xE0), ByteSet.Range(0xA0, 0xBF), continuation];
        yield return [ByteSet.Range(0xE1, 0xEC).Or(ByteSet.Range(0xEE, 0xEF)), continuation, continuation];
        yield return [ByteSet.Of(0xED), ByteSet.Range(0x80, 0x9F), continuation];
        yield return [ByteSet.Of(0xF0), ByteSet.Range(0x90, 0xBF), continuation, continuation];
        yield return [ByteSet.Range(0xF1, 0xF3), continuation, continuation, continuation];
        yield return [ByteSet.Of(0xF4), ByteSet.Range(0x80, 0x8F), continuation, continuation];
        yield return [Byte('\\'), ByteSet.Any("\"\\/bfnrt")];
        yield return [Byte('\\'), Byte('u'), Hex.Without(ByteSet.Any("dD")), Hex, Hex, Hex];
        yield return [Byte('\\'), Byte('u'), ByteSet.Any("dD"), ByteSet.Range((byte)'0', (byte)'7'), Hex, Hex];
    }

    private int AddInteger()
    {
        var minus = _grammar.Add([], [Byte('-')]);
        var natural = _grammar.Add(
            [Byte('0')], [ByteSet.Range((byte)'1', (byte)'9'), _grammar.Repeat(Digit, 0, MaxDigits - 1)]);
        return _grammar.Add([minus, natural]);
    }

    private int AddNumber()
    {
        var fraction = _grammar.Add([], [Byte('.'), _grammar.Repeat(Digit, 1, MaxDigits)]);
        var sign = _grammar.Add([], [ByteSet.Any("+-")]);
        var exponent = _grammar.Add([], [ByteSet.Any("eE"), sign, _grammar.Repeat(Digit, 1, 2)]);
        return _grammar.Add([Integer, fraction, exponent]);
    }

    /// <summary>From the innermost value, which is a scalar, to the outermost.</summary>
    private (int Value, int Object, int Array) AddValues()
    {
        Symbol[][] scalars =
        [
            [String], [Number],
            GrammarBuilder.Literal("true"), GrammarBuilder.Literal("false"), GrammarBuilder.Literal("null"),
        ];
        var (value, @object, array) = (_grammar.Add(scalars), 0, 0);
        for (var depth = 0; depth < MaxDepth; depth++)
        {
            @object = List('{', Member([String], value), '}');
            array = List('[', value, ']');
            value = _grammar.Add([.. scalars, [@object], [array]]);
        }

        return (value, @object, array);
    }
}
