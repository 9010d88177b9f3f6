using Vlm.Core.Text;

namespace Vlm.Core.Engine.Constraints;

/// <summary>The tokens of a vocabulary by their bytes: those that begin alike share their way from the root. Special tokens are not
/// in it. Read by many threads.</summary>
internal sealed class TokenTrie
{
    private readonly List<Node> _nodes = [new Node(0)];

    public TokenTrie(LlamaTokenizer tokenizer)
    {
        for (var id = 0; id < tokenizer.VocabSize; id++)
        {
            if (!tokenizer.IsSpecial(id))
            {
                Add(id, tokenizer.PieceBytes(id));
            }
        }
    }

    /// <summary>All tokens that do not lead into <see cref="GrammarAutomaton.Dead"/>, with the state that each leads
    /// to.</summary>
    public List<(int Token, int State)> Reachable(GrammarAutomaton automaton, int state)
    {
        List<(int, int)> found = [];
        Stack<(int Node, int State)> open = new([(0, state)]);
        while (open.TryPop(out var place))
        {
            foreach (var child in _nodes[place.Node].Children)
            {
                var next = automaton.Step(place.State, _nodes[child].Value);
                if (next != GrammarAutomaton.Dead)
                {
                    found.AddRange(_nodes[child].Tokens.Select(token => (token, next)));
                    open.Push((child, next));
                }
            }
        }

        return found;
    }

    private void Add(int id, ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        foreach (var value in bytes)
        {
            var child = _nodes[at].Children.FindIndex(i => _nodes[i].Value == value);
            if (child < 0)
            {
                child = _nodes[at].Children.Count;
                _nodes[at].Children.Add(_nodes.Count);
                _nodes.Add(new Node(value));
            }

            at = _nodes[at].Children[child];
        }

        if (at > 0)
        {
            _nodes[at].Tokens.Add(id);
        }
    }

    private sealed class Node(byte value)
    {
        public byte Value { get; } = value;

        public List<int> Children { get; } = [];

        public List<int> Tokens { get; } = [];
    }
}
