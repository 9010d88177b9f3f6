namespace Vlm.Core.Engine.Constraints;

/// <summary>Keeps one answer inside a grammar, and lets it end before its tokens run out. One thread uses it.</summary>
internal sealed class TokenConstraint(Grammar grammar, TokenTrie trie, int endId)
{
    /// <summary>Lists that are kept at once; each may hold the whole vocabulary.</summary>
    internal const int MaxLists = 16;

    private readonly GrammarAutomaton _automaton = new(grammar);
    private readonly Dictionary<int, List<(int Token, int State)>> _reachable = [];
    private int _state = -1;

    internal int NumLists => _reachable.Count;

    private int State => _state < 0 ? _automaton.Start : _state;

    /// <summary>Ids that may come next: those of the grammar after which <paramref name="numLeft"/> tokens, this one and the end mark
    /// included, still suffice, a byte for each. Where none suffice, all of the grammar.</summary>
    public long[] Allowed(int numLeft)
    {
        var reachable = Reachable();
        long[] inTime = [.. reachable.Where(next => _automaton.MinBytes(next.State) + 2 <= numLeft).Select(next => (long)next.Token)];
        if (_automaton.IsAccepting(State) || reachable.Count == 0)
        {
            return [.. inTime, endId];
        }

        return inTime.Length > 0 ? inTime : [.. reachable.Select(next => (long)next.Token)];
    }

    /// <summary>Notes the token that came.</summary>
    public void Accept(int id)
    {
        if (id != endId)
        {
            _state = Reachable().First(next => next.Token == id).State;
        }
    }

    private List<(int Token, int State)> Reachable()
    {
        if (!_reachable.TryGetValue(State, out var found))
        {
            if (_reachable.Count == MaxLists)
            {
                _reachable.Clear();
            }

            _reachable.Add(State, found = trie.Reachable(_automaton, State));
        }

        return found;
    }
}
