namespace Vlm.Core.Engine.Constraints;

/// <summary>A context-free grammar over bytes: what an answer may be.</summary>
public sealed class Grammar
{
    private const int Endless = int.MaxValue / 4;

    private readonly Symbol[][][] _rules; // [rule][alternative][symbol]
    private readonly int[] _minBytes;

    /// <summary>Alternatives without a finite text are left out.</summary>
    /// <exception cref="ArgumentException">A rule begins with itself.</exception>
    internal Grammar(Symbol[][][] rules, int root)
    {
        (_rules, Root) = (rules, root);
        _minBytes = CountBytes();
        _rules = [.. rules.Select(rule => rule.Where(symbols => Sum(symbols, _minBytes) < Endless).OrderBy(symbols => Sum(symbols, _minBytes)).ToArray())];
        if (HasLeftRecursion())
        {
            throw new ArgumentException("grammar: expected every rule to begin with something else, found one that begins with itself.");
        }
    }

    internal int Root { get; }

    /// <summary>Whether it has no finite text at all.</summary>
    internal bool IsEmpty => _rules[Root].Length == 0;

    internal int NumAlternatives(int rule) => _rules[rule].Length;

    /// <summary>The symbols of an alternative; those of shorter texts come first.</summary>
    internal ReadOnlySpan<Symbol> Alternative(int rule, int alternative) => _rules[rule][alternative];

    /// <summary>Length of the shortest text of a symbol.</summary>
    internal int MinBytes(Symbol symbol) => symbol.IsTerminal ? 1 : _minBytes[symbol.Rule];

    /// <summary>Shortest texts first, each settled once all symbols of an alternative are (D. E. Knuth, A generalization of Dijkstra's
    /// algorithm, 1977).</summary>
    private int[] CountBytes()
    {
        var counts = new int[_rules.Length];
        Array.Fill(counts, Endless);
        var users = Users();
        var numOpen = _rules.Select(rule => rule.Select(symbols => symbols.Count(symbol => !symbol.IsTerminal)).ToArray()).ToArray();
        PriorityQueue<int, int> settled = new();
        foreach (var (rule, alternative) in AllAlternatives().Where(place => numOpen[place.Rule][place.Alternative] == 0))
        {
            settled.Enqueue(rule, _rules[rule][alternative].Length);
        }

        while (settled.TryDequeue(out var rule, out var count) && count < Endless)
        {
            if (counts[rule] < Endless)
            {
                continue;
            }

            counts[rule] = count;
            foreach (var (user, alternative) in users[rule])
            {
                if (--numOpen[user][alternative] == 0)
                {
                    settled.Enqueue(user, Sum(_rules[user][alternative], counts));
                }
            }
        }

        return counts;
    }

    private List<(int Rule, int Alternative)>[] Users()
    {
        List<(int, int)>[] users = [.. _rules.Select(_ => new List<(int, int)>())];
        foreach (var (rule, alternative) in AllAlternatives())
        {
            foreach (var symbol in _rules[rule][alternative].Where(symbol => !symbol.IsTerminal))
            {
                users[symbol.Rule].Add((rule, alternative));
            }
        }

        return users;
    }

    private IEnumerable<(int Rule, int Alternative)> AllAlternatives() =>
        _rules.SelectMany((rule, i) => rule.Select((_, alternative) => (i, alternative)));

    private static int Sum(Symbol[] symbols, int[] counts) =>
        (int)Math.Min(Endless, symbols.Sum(symbol => (long)(symbol.IsTerminal ? 1 : counts[symbol.Rule])));

    /// <summary>Takes out rule by rule what no other begins with; a circle stays.</summary>
    private bool HasLeftRecursion()
    {
        var numUsers = new int[_rules.Length];
        foreach (var first in _rules.SelectMany(rule => rule.SelectMany(FirstRules)))
        {
            numUsers[first]++;
        }

        Stack<int> free = new(Enumerable.Range(0, _rules.Length).Where(rule => numUsers[rule] == 0));
        var numOut = 0;
        for (; free.TryPop(out var rule); numOut++)
        {
            foreach (var first in _rules[rule].SelectMany(FirstRules))
            {
                if (--numUsers[first] == 0)
                {
                    free.Push(first);
                }
            }
        }

        return numOut < _rules.Length;
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
