namespace Vlm.Core.Engine.Constraints;

/// <summary>Characters of a set as JSON strings hold them, in one form each: escaped where JSON (RFC 8259) asks for it, with the short
/// escapes where there are some, else as UTF-8 (RFC 3629).</summary>
internal sealed class CharacterRules(GrammarBuilder grammar, CompileBudget budget)
{
    private const int NumContinued = 64; // values of a continuation byte
    private const string Escaped = "\"\\\b\f\n\r\t";
    private const string Letters = "\"\\bfnrt";

    private readonly Dictionary<string, int> _rules = [];
    private readonly Dictionary<string, int> _tails = [];

    /// <summary>One character of a set that is not empty.</summary>
    public int Rule(CodePointSet set)
    {
        if (!_rules.TryGetValue(set.Key, out var rule))
        {
            rule = grammar.Add([.. Ascii(set), .. Encoded(set, 0x80, 0x7FF, 1), .. Encoded(set, 0x800, 0xFFFF, 2), .. Encoded(set, 0x10000, 0x10FFFF, 3)]);
            _rules.Add(set.Key, rule);
        }

        return rule;
    }

    private static IEnumerable<Symbol[]> Ascii(CodePointSet set)
    {
        bool IsPlain(int value) => value is >= ' ' and < 0x7F && !Escaped.Contains((char)value, StringComparison.Ordinal);
        var plain = Bytes(Enumerable.Range(0, 0x80).Where(value => IsPlain(value) && set.Contains(value)));
        var letters = Bytes(Enumerable.Range(0, Escaped.Length).Where(i => set.Contains(Escaped[i])).Select(i => (int)Letters[i]));
        if (plain != default)
        {
            yield return [plain];
        }

        if (letters != default)
        {
            yield return [JsonRules.Byte('\\'), letters];
        }

        foreach (var high in (int[])[0, 1, 7])
        {
            var lows = Enumerable.Range(0, 16).Where(low => !IsPlain((high * 16) + low) && set.Contains((high * 16) + low)
                && !Escaped.Contains((char)((high * 16) + low), StringComparison.Ordinal));
            var digits = Bytes(lows.SelectMany(low => $"{low:x}{low:X}".Select(digit => (int)digit)));
            if (digits != default)
            {
                yield return [.. GrammarBuilder.Literal($"\\u00{high}"), digits];
            }
        }
    }

    /// <summary>The characters of a range whose UTF-8 has a number of continuation bytes.</summary>
    private IEnumerable<Symbol[]> Encoded(CodePointSet set, int first, int last, int numTail)
    {
        var lead = (byte)(0xF80 >> numTail); // 1100 0000, 1110 0000, 1111 0000
        var inside = set.Ranges.Select(range => (First: Math.Max(range.First, first), Last: Math.Min(range.Last, last)));
        return Grouped([.. inside.Where(range => range.First <= range.Last)], lead, numTail);
    }

    /// <summary>Numbers of 6 bits per continuation byte, below what the first byte adds to its lowest value. First bytes with the same
    /// bytes behind them share an alternative.</summary>
    private IEnumerable<Symbol[]> Grouped(IReadOnlyList<(int First, int Last)> numbers, byte lowest, int numTail)
    {
        var size = 1 << (6 * numTail);
        Dictionary<string, (ByteSet Firsts, List<(int, int)> Behind)> groups = [];
        var firsts = numbers.SelectMany(range => Enumerable.Range(range.First / size, (range.Last / size) - (range.First / size) + 1)).Distinct();
        foreach (var value in firsts)
        {
            budget.Spend(numbers.Count);
            List<(int First, int Last)> behind = [.. numbers
                .Select(range => (First: Math.Max(range.First - (value * size), 0), Last: Math.Min(range.Last - (value * size), size - 1)))
                .Where(range => range.First <= range.Last)];
            var key = $"{numTail}:{string.Join(',', behind)}";
            var firstBytes = groups.TryGetValue(key, out var group) ? group.Firsts : default;
            groups[key] = (firstBytes.Or(ByteSet.Of((byte)(lowest + value))), behind);
        }

        return groups.Select(group => numTail == 0
            ? (Symbol[])[group.Value.Firsts]
            : [group.Value.Firsts, Tail(group.Key, group.Value.Behind, numTail - 1)]);
    }

    private int Tail(string key, IReadOnlyList<(int First, int Last)> numbers, int numTail)
    {
        if (!_tails.TryGetValue(key, out var rule))
        {
            _tails.Add(key, rule = grammar.Add([.. Grouped(numbers, NumContinued * 2, numTail)]));
        }

        return rule;
    }

    private static ByteSet Bytes(IEnumerable<int> values) =>
        values.Aggregate(default(ByteSet), (set, value) => set.Or(ByteSet.Of((byte)value)));
}
