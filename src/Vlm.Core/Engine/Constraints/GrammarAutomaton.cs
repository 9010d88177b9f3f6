// Sets of stacks advanced byte by byte, as in llama.cpp's GBNF; here as a lazily built automaton, so that a state seen
// before costs one look-up per byte.
namespace Vlm.Core.Engine.Constraints;

/// <summary>Recognises the texts of a grammar. States are numbers; one thread uses it.</summary>
internal sealed class GrammarAutomaton
{
    /// <summary>No text of the grammar goes on like this.</summary>
    public const int Dead = -1;

    private const int Unknown = -2;
    private const int Bottom = -1; // below the outermost frame: the text may end here

    private readonly Grammar _grammar;
    private readonly List<Frame> _frames = [];
    private readonly List<int> _minBytes = []; // of each frame, to the end of the text
    private readonly Dictionary<Frame, int> _frameIds = [];
    private readonly List<State> _states = [];
    private readonly Dictionary<string, int> _stateIds = [];

    public GrammarAutomaton(Grammar grammar)
    {
        _grammar = grammar;
        SortedSet<int> tops = [];
        Push(grammar.Root, Bottom, tops);
        Start = StateOf(tops);
    }

    /// <summary>Before the first byte.</summary>
    public int Start { get; }

    /// <summary>Whether the text may end here.</summary>
    public bool IsAccepting(int state) => _states[state].IsAccepting;

    /// <summary>Fewest bytes that complete the text.</summary>
    public int MinBytes(int state) => _states[state].MinBytes;

    /// <summary>The state after one more byte, or <see cref="Dead"/>.</summary>
    public int Step(int state, byte value)
    {
        ref var next = ref _states[state].Next[value];
        if (next == Unknown)
        {
            next = Advance(_states[state], value);
        }

        return next;
    }

    private int Advance(State state, byte value)
    {
        SortedSet<int> tops = [];
        foreach (var top in state.Tops)
        {
            var frame = _frames[top];
            if (_grammar.Alternative(frame.Rule, frame.Alternative)[frame.Position].Bytes.Contains(value))
            {
                Expand(Behind(frame), tops);
            }
        }

        return tops.Count == 0 ? Dead : StateOf(tops);
    }

    /// <summary>The place behind a frame's symbol. A frame at its end is left at once, so that repetition does not pile up
    /// frames.</summary>
    private int Behind(Frame frame) => frame.Position + 1 == _grammar.Alternative(frame.Rule, frame.Alternative).Length
        ? frame.Parent
        : IdOf(frame with { Position = frame.Position + 1 });

    /// <summary>Adds the places where a byte is expected, reached from here without one.</summary>
    private void Expand(int id, SortedSet<int> tops)
    {
        if (id == Bottom)
        {
            tops.Add(Bottom);
            return;
        }

        var frame = _frames[id];
        var symbol = _grammar.Alternative(frame.Rule, frame.Alternative)[frame.Position];
        if (symbol.IsTerminal)
        {
            tops.Add(id);
        }
        else
        {
            Push(symbol.Rule, Behind(frame), tops);
        }
    }

    private void Push(int rule, int parent, SortedSet<int> tops)
    {
        for (var alternative = 0; alternative < _grammar.NumAlternatives(rule); alternative++)
        {
            var isEmpty = _grammar.Alternative(rule, alternative).Length == 0;
            Expand(isEmpty ? parent : IdOf(new Frame(rule, alternative, 0, parent)), tops);
        }
    }

    private int IdOf(Frame frame)
    {
        if (!_frameIds.TryGetValue(frame, out var id))
        {
            _frameIds.Add(frame, id = _frames.Count);
            _frames.Add(frame);
            _minBytes.Add(CountBytes(frame));
        }

        return id;
    }

    private int CountBytes(Frame frame)
    {
        var count = frame.Parent == Bottom ? 0 : _minBytes[frame.Parent];
        foreach (var symbol in _grammar.Alternative(frame.Rule, frame.Alternative)[frame.Position..])
        {
            count += _grammar.MinBytes(symbol);
        }

        return count;
    }

    private int StateOf(SortedSet<int> tops)
    {
        var key = string.Join(',', tops);
        if (!_stateIds.TryGetValue(key, out var id))
        {
            _stateIds.Add(key, id = _states.Count);
            var isAccepting = tops.Remove(Bottom);
            _states.Add(new State([.. tops], isAccepting, isAccepting ? 0 : tops.Min(top => _minBytes[top])));
        }

        return id;
    }

    /// <summary>A place in an alternative of a rule, and the place to go on at behind it.</summary>
    private readonly record struct Frame(int Rule, int Alternative, int Position, int Parent);

    private sealed class State(int[] tops, bool isAccepting, int minBytes)
    {
        public int[] Tops { get; } = tops;

        public bool IsAccepting { get; } = isAccepting;

        public int MinBytes { get; } = minBytes;

        public int[] Next { get; } = [.. Enumerable.Repeat(Unknown, 256)];
    }
}
