namespace Vlm.Core.Engine.Constraints;

/// <summary>A set of Unicode scalar values: surrogates are in none.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private const int FirstSurrogate = 0xD800;
    private const int LastSurrogate = 0xDFFF;

    private CodePointSet(IReadOnlyList<(int First, int Last)> ranges) =>
        (Ranges, Key) = (ranges, string.Join(',', ranges.Select(range => $"{range.First:x}-{range.Last:x}")));

    public static CodePointSet Empty { get; } = Of([]);

    public static CodePointSet All { get; } = Of([(0, Last)]);

    /// <summary>Ascending, apart, both ends included.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges { get; }

    /// <summary>Equal for equal sets.</summary>
    public string Key { get; }

    public bool IsEmpty => Ranges.Count == 0;

    /// <summary>The scalar values of ranges in any order, which may overlap.</summary>
    public static CodePointSet Of(IEnumerable<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> joined = [];
        foreach (var (first, last) in ranges.SelectMany(WithoutSurrogates).Order())
        {
            if (joined.Count > 0 && first <= joined[^1].Last + 1)
            {
                joined[^1] = (joined[^1].First, Math.Max(joined[^1].Last, last));
            }
            else
            {
                joined.Add((first, last));
            }
        }

        return new(joined);
    }

    /// <summary>The characters of a text.</summary>
    public static CodePointSet Any(string text) => Of(text.EnumerateRunes().Select(rune => (rune.Value, rune.Value)));

    public CodePointSet Or(CodePointSet other) => Of(Ranges.Concat(other.Ranges));

    /// <summary>All scalar values that are not in it.</summary>
    public CodePointSet Inverse()
    {
        List<(int, int)> gaps = [];
        var next = 0;
        foreach (var (first, last) in Ranges)
        {
            gaps.Add((next, first - 1));
            next = last + 1;
        }

        return Of([.. gaps, (next, Last)]);
    }

    public bool Contains(int codePoint)
    {
        var (low, high) = (0, Ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Ranges[middle].Last < codePoint ? (middle + 1, high) : (low, middle);
        }

        return low < Ranges.Count && Ranges[low].First <= codePoint;
    }

    private static IEnumerable<(int First, int Last)> WithoutSurrogates((int First, int Last) range)
    {
        (int First, int Last)[] parts =
            [(range.First, Math.Min(range.Last, FirstSurrogate - 1)), (Math.Max(range.First, LastSurrogate + 1), range.Last)];
        return parts.Where(part => part.First <= part.Last);
    }
}
