using System.Text;

namespace Vlm.Core.Engine.Constraints;

/// <summary>Collects the rules of a grammar.</summary>
internal sealed class GrammarBuilder
{
    private const int MaxRules = 100_000;
    private const int MaxSymbols = 500_000;

    private readonly List<Symbol[][]> _rules = [];
    private int _numSymbols;

    /// <summary>The bytes of a text, one after the other.</summary>
    public static Symbol[] Literal(string text) => [.. Encoding.UTF8.GetBytes(text).Select(value => (Symbol)ByteSet.Of(value))];

    /// <summary>A rule to be defined later, as one that contains itself must be.</summary>
    /// <exception cref="ArgumentException">Too many rules.</exception>
    public int Declare()
    {
        if (_rules.Count == MaxRules)
        {
            throw new ArgumentException($"grammar: expected at most {MaxRules} rules, found more.");
        }

        _rules.Add([]);
        return _rules.Count - 1;
    }

    /// <summary>Gives a declared rule its alternatives.</summary>
    /// <exception cref="ArgumentException">Too many symbols.</exception>
    public void Define(int rule, params Symbol[][] alternatives)
    {
        _numSymbols += alternatives.Sum(symbols => symbols.Length);
        if (_numSymbols > MaxSymbols)
        {
            throw new ArgumentException($"grammar: expected at most {MaxSymbols} symbols, found more.");
        }

        _rules[rule] = alternatives;
    }

    /// <summary>A rule of these alternatives.</summary>
    /// <exception cref="ArgumentException">Too many rules or symbols.</exception>
    public int Add(params Symbol[][] alternatives)
    {
        var rule = Declare();
        Define(rule, alternatives);
        return rule;
    }

    /// <summary>A symbol <paramref name="min"/> to <paramref name="max"/> times; null for any number more.</summary>
    public int Repeat(Symbol symbol, int min, int? max)
    {
        var rest = max is { } most ? UpTo(symbol, most - min) : AnyNumber(symbol);
        return Add([.. Enumerable.Repeat(symbol, min), rest]);
    }

    public Grammar Build(int root) => new([.. _rules], root);

    private int AnyNumber(Symbol symbol)
    {
        var rule = Declare();
        Define(rule, [], [symbol, rule]);
        return rule;
    }

    private int UpTo(Symbol symbol, int count)
    {
        var rule = Add([[]]);
        for (var i = 0; i < count; i++)
        {
            rule = Add([], [symbol, rule]);
        }

        return rule;
    }
}
