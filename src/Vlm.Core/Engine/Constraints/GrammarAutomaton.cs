// Sets of stacks advanced byte by byte, as in llama.cpp's GBNF; here as a lazily built automaton, so that a state seen
// before costs one look-up per byte.
namespace Vlm.Core.Engine.Constraints;

/// <summary>Recognises the texts of a grammar. States are numbers; one thread uses it.</summary>
internal sealed class GrammarAutomaton
{
    /// <summary>No text of the grammar goes on like this.</summary>
    public const int Dead = -1;

    /// <summary>Places that a state keeps, those of the shortest texts before others. A schema has fewer options; only what can be read in
    /// exponentially many ways has more. Texts of the places left out are lost, but every text still belongs to the grammar.</summary>
    internal const int MaxPlaces = 1 << 14;

    /// <summary>Places and frames of all states, about 50 bytes each; no answer of 4096 tokens gets there otherwise. Behind them a state keeps
    /// its shortest text alone, so that the answer soon ends.</summary>
    internal const int MaxSize = 1 << 20;

    private const int Unknown = -2;
    private const int Bottom = -1; // below the outermost frame: the text may end here

    private readonly Grammar _grammar;
    private readonly List<Frame> _frames = [];
    private readonly List<int> _minBytes = []; // of each frame, to the end of the text
    private readonly Dictionary<Frame, int> _frameIds = [];
    private readonly List<State> _states = [];
    private readonly Dictionary<string, int> _stateIds = [];
    private int _numPlaces; // of all states

    public GrammarAutomaton(Grammar grammar)
    {
        _grammar = grammar;
        Closure start = new(MaxPlaces);
        Push(grammar.Root, Bottom, start);
        Close(start);
        Start = StateOf(start.Tops);
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
        ref var next = ref _states[state].Next(value);
        if (next == Unknown)
        {
            next = Advance(_states[state], value);
        }

        return next;
    }

    /// <summary>Places and frames so far.</summary>
    internal int Size => _frames.Count + _numPlaces;

    private int Advance(State state, byte value)
    {
        Closure next = new(Size < MaxSize ? MaxPlaces : 1);
        foreach (var top in state.Tops)
        {
            var frame = _frames[top];
            if (next.HasRoom && SymbolAt(frame).Bytes.Contains(value))
            {
                next.Open.Push(Behind(frame));
                Close(next);
            }
        }

        return next.Tops.Count == 0 ? Dead : StateOf(next.Tops);
    }

    private Symbol SymbolAt(Frame frame) => _grammar.Alternative(frame.Rule, frame.Alternative)[frame.Position];

    /// <summary>The place behind a frame's symbol. A frame at its end is left at once, so that repetition does not pile up
    /// frames.</summary>
    private int Behind(Frame frame) => frame.Position + 1 == _grammar.Alternative(frame.Rule, frame.Alternative).Length
        ? frame.Parent
        : IdOf(frame with { Position = frame.Position + 1 });

    /// <summary>Adds the places where a byte is expected, reached from the open ones without one; each is looked at once, however many
    /// ways lead there.</summary>
    private void Close(Closure closure)
    {
        while (closure.HasRoom && closure.Open.TryPop(out var id))
        {
            if (!closure.Seen.Add(id))
            {
                continue;
            }

            if (id == Bottom || SymbolAt(_frames[id]).IsTerminal)
            {
                closure.Tops.Add(id);
            }
            else
            {
                Push(SymbolAt(_frames[id]).Rule, Behind(_frames[id]), closure);
            }
        }
    }

    // The shortest alternative, which is the first, comes off the stack first.
    private void Push(int rule, int parent, Closure closure)
    {
        for (var alternative = Math.Min(_grammar.NumAlternatives(rule), closure.Room) - 1; alternative >= 0; alternative--)
        {
            var isEmpty = _grammar.Alternative(rule, alternative).Length == 0;
            closure.Open.Push(isEmpty ? parent : IdOf(new Frame(rule, alternative, 0, parent)));
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

    private int StateOf(List<int> tops)
    {
        var key = string.Join(',', tops.Order());
        if (!_stateIds.TryGetValue(key, out var id))
        {
            _stateIds.Add(key, id = _states.Count);
            _numPlaces += tops.Count;
            var isAccepting = tops.Remove(Bottom);
            int[] shortestFirst = [.. tops.OrderBy(top => _minBytes[top])];
            _states.Add(new State(shortestFirst, isAccepting, isAccepting ? 0 : _minBytes[shortestFirst[0]]));
        }

        return id;
    }

    /// <summary>What <see cref="Close"/> has found, and what it has still to look at.</summary>
    private sealed class Closure(int maxPlaces)
    {
        public List<int> Tops { get; } = [];

        public HashSet<int> Seen { get; } = [];

        public Stack<int> Open { get; } = [];

        public int Room => maxPlaces - Tops.Count;

        public bool HasRoom => Room > 0;
    }

    /// <summary>A place in an alternative of a rule, and the place to go on at behind it.</summary>
    private readonly record struct Frame(int Rule, int Alternative, int Position, int Parent);

    private sealed class State(int[] tops, bool isAccepting, int minBytes)
    {
        private readonly int[]?[] _next = new int[]?[16];

        public int[] Tops { get; } = tops;

        public bool IsAccepting { get; } = isAccepting;

        public int MinBytes { get; } = minBytes;

        /// <summary>The state after one more byte; of the many states inside a character few bytes are ever asked for.</summary>
        public ref int Next(byte value) => ref (_next[value >> 4] ??= [.. Enumerable.Repeat(Unknown, 16)])[value & 15];
    }
}
