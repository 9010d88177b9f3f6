namespace Vlm.Core.Engine.Constraints;

/// <summary>A context-free grammar over bytes: what an answer may be.</summary>
public sealed class Grammar
{
    private const int Endless = int.MaxValue / 4;

    private readonly Symbol[][][] _rules; // [rule][alternative][symbol]
    private readonly int[] _minBytes;

    /// <exception cref="ArgumentException">A rule has no finite text, or begins with itself.</exception>
    internal Grammar(Symbol[][][] rules, int root)
    {
        (_rules, Root) = (rules, root);
        _minBytes = CountBytes();
        if (_minBytes.Contains(Endless))
        {
            throw new ArgumentException("grammar: expected a finite text for every rule, found one without.");
        }

        if (HasLeftRecursion())
        {
            throw new ArgumentException("grammar: expected every rule to begin with something else, found one that begins with itself.");
        }
    }

    internal int Root { get; }

    internal int NumAlternatives(int rule) => _rules[rule].Length;

    internal ReadOnlySpan<Symbol> Alternative(int rule, int alternative) => _rules[rule][alternative];

    /// <summary>Length of the shortest text of a symbol.</summary>
    internal int MinBytes(Symbol symbol) => symbol.IsTerminal ? 1 : _minBytes[symbol.Rule];

    private int[] CountBytes()
    {
        var counts = new int[_rules.Length];
        Array.Fill(counts, Endless);
        for (var hasChanged = true; hasChanged;)
        {
            hasChanged = false;
            for (var rule = 0; rule < counts.Length; rule++)
            {
                var count = _rules[rule].Min(alternative => Sum(alternative, counts));
                hasChanged |= count < counts[rule];
                counts[rule] = count;
            }
        }

        return counts;
    }

    private static int Sum(Symbol[] symbols, int[] counts) =>
        (int)Math.Min(Endless, symbols.Sum(symbol => (long)(symbol.IsTerminal ? 1 : counts[symbol.Rule])));

    private bool HasLeftRecursion()
    {
        var state = new byte[_rules.Length]; // 0 unseen, 1 open, 2 done
        return Enumerable.Range(0, _rules.Length).Any(rule => BeginsWithItself(rule, state));
    }

    private bool BeginsWithItself(int rule, byte[] state)
    {
        if (state[rule] != 0)
        {
            return state[rule] == 1;
        }

        state[rule] = 1;
        var found = _rules[rule].SelectMany(FirstRules).Any(first => BeginsWithItself(first, state));
        state[rule] = 2;
        return found;
    }

    /// <summary>The rules that may stand in front: the first symbol, and those behind empty ones.</summary>
    private IEnumerable<int> FirstRules(Symbol[] alternative)
    {
        foreach (var symbol in alternative)
        {
            if (symbol.IsTerminal)
            {
                yield break;
            }

            yield return symbol.Rule;
            if (_minBytes[symbol.Rule] > 0)
            {
                yield break;
            }
        }
    }
}

/// <summary>One of a set of bytes, or a rule.</summary>
/// <param name="Rule">Index of the rule; -1 for a byte.</param>
/// <param name="Bytes">The set; empty for a rule.</param>
internal readonly record struct Symbol(int Rule, ByteSet Bytes)
{
    public bool IsTerminal => Rule < 0;

    public static implicit operator Symbol(ByteSet bytes) => new(-1, bytes);

    public static implicit operator Symbol(int rule) => new(rule, default);
}
