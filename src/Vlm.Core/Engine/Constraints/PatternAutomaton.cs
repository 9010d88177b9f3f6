// Thompson's construction (1968) with sets of places as states, made when they are first reached.
namespace Vlm.Core.Engine.Constraints;

/// <summary>Recognises the texts in which a regular expression matches somewhere. States are numbers.</summary>
internal sealed class PatternAutomaton
{
    /// <summary>No text goes on like this.</summary>
    public const int Dead = -1;

    /// <summary>The state before the first character; no other equals it, since ^ holds here alone.</summary>
    public const int Start = 0;

    private const int MaxPlaces = 20_000;
    private const int Matched = 0; // the first place: anything may follow

    private readonly string _path;
    private readonly CompileBudget _budget;
    private readonly List<Place> _places = [new(Kind.Character, CodePointSet.All, [Matched])];
    private readonly List<(int[] Places, bool IsAccepting)> _states = [];
    private readonly Dictionary<string, int> _stateIds = [];

    /// <exception cref="ArgumentException">The expression is wrong, not supported or too large.</exception>
    public PatternAutomaton(StringPattern pattern, CompileBudget budget)
    {
        (_path, _budget) = (pattern.Path, budget);
        var entry = Declare();
        var skip = Add(new(Kind.Character, CodePointSet.All, [entry])); // it may match later
        _places[entry] = new(Kind.Split, CodePointSet.Empty, [Compile(PatternParser.Parse(pattern.Text, _path), Matched), skip]);
        AddState(Close([entry], isStart: true, isEnd: false), isStart: true);
    }

    /// <summary>The sets that its steps tell apart.</summary>
    public IEnumerable<CodePointSet> Sets => _places.Where(place => place.Kind == Kind.Character).Select(place => place.Set);

    public bool IsAccepting(int state) => _states[state].IsAccepting;

    /// <summary>The state after one more character, or <see cref="Dead"/>.</summary>
    public int Step(int state, int codePoint)
    {
        var places = _states[state].Places;
        _budget.Spend(1 + places.Length);
        int[] next = [.. places.Select(id => _places[id]).Where(place => place.Set.Contains(codePoint)).Select(place => place.Next[0])];
        if (next.Length == 0)
        {
            return Dead;
        }

        var closed = Close(next, isStart: false, isEnd: false);
        var key = string.Join(',', closed);
        return _stateIds.TryGetValue(key, out var id) ? id : _stateIds[key] = AddState(closed, isStart: false);
    }

    private int AddState(int[] places, bool isStart)
    {
        var atEnd = Close(places, isStart, isEnd: true);
        _states.Add((places, atEnd.Contains(Matched)));
        return _states.Count - 1;
    }

    /// <summary>All places reached without a character. Where the match is among them nothing else matters.</summary>
    private int[] Close(IEnumerable<int> from, bool isStart, bool isEnd)
    {
        HashSet<int> seen = [];
        Stack<int> open = new(from);
        while (open.TryPop(out var id))
        {
            if (!seen.Add(id))
            {
                continue;
            }

            _budget.Spend(1);
            var place = _places[id];
            if (place.Kind == Kind.Split || (isStart && place.Kind == Kind.Start) || (isEnd && place.Kind == Kind.End))
            {
                Array.ForEach(place.Next, open.Push);
            }
        }

        return seen.Contains(Matched) ? [Matched] : [.. seen.Order()];
    }

    /// <summary>The place from which a text of the expression leads to <paramref name="next"/>.</summary>
    private int Compile(PatternNode node, int next)
    {
        _budget.Spend(1);
        return node switch
        {
            PatternNode.Character one => Add(new(Kind.Character, one.Set, [next])),
            PatternNode.Sequence all => all.Items.Reverse().Aggregate(next, (behind, item) => Compile(item, behind)),
            PatternNode.Choice any => Add(new(Kind.Split, CodePointSet.Empty, [.. any.Options.Select(option => Compile(option, next))])),
            PatternNode.Repeat again => Repeat(again, next),
            PatternNode.Start => Add(new(Kind.Start, CodePointSet.Empty, [next])),
            _ => Add(new(Kind.End, CodePointSet.Empty, [next])),
        };
    }

    private int Repeat(PatternNode.Repeat again, int next)
    {
        var rest = again.Max is { } max ? UpTo(again.Item, max - again.Min, next) : AnyNumber(again.Item, next);
        for (var i = 0; i < again.Min; i++)
        {
            rest = Compile(again.Item, rest);
        }

        return rest;
    }

    private int AnyNumber(PatternNode item, int next)
    {
        var loop = Declare();
        _places[loop] = new(Kind.Split, CodePointSet.Empty, [Compile(item, loop), next]);
        return loop;
    }

    private int UpTo(PatternNode item, int count, int next)
    {
        var rest = next;
        for (var i = 0; i < count; i++)
        {
            rest = Add(new(Kind.Split, CodePointSet.Empty, [Compile(item, rest), next]));
        }

        return rest;
    }

    private int Declare() => Add(new(Kind.Split, CodePointSet.Empty, []));

    private int Add(Place place)
    {
        if (_places.Count == MaxPlaces)
        {
            throw new ArgumentException($"{_path}: expected at most {MaxPlaces} characters, repeats written out, found more.");
        }

        _places.Add(place);
        return _places.Count - 1;
    }

    private enum Kind
    {
        Character,
        Split,
        Start,
        End,
    }

    private readonly record struct Place(Kind Kind, CodePointSet Set, int[] Next);
}
