namespace Vlm.Core.Engine.Constraints;

/// <summary>A regular expression of ECMA-262 that has to match somewhere in a string.</summary>
/// <param name="Text">The expression.</param>
/// <param name="Path">Where the schema has it, for errors.</param>
internal readonly record struct StringPattern(string Text, string Path);

/// <summary>Strings that regular expressions match, of bounded length: the automata of all expressions walked together, counting.</summary>
internal sealed class StringRules(GrammarBuilder grammar, CompileBudget budget)
{
    private readonly CharacterRules _characters = new(grammar, budget);
    private readonly Dictionary<string, int?> _rules = [];

    /// <summary>Strings in which every pattern matches somewhere.</summary>
    /// <param name="patterns">One or more.</param>
    /// <param name="min">Fewest characters (code points).</param>
    /// <param name="max">Most characters; null for any number.</param>
    /// <returns>The rule; null where there is no such string.</returns>
    /// <exception cref="ArgumentException">A pattern is wrong, not supported or too large.</exception>
    public int? Add(IReadOnlyList<StringPattern> patterns, int min, int? max)
    {
        var key = string.Join('\0', patterns.Select(pattern => pattern.Text).Prepend($"{min} {max}"));
        if (!_rules.TryGetValue(key, out var rule))
        {
            Together together = new([.. patterns.Select(pattern => new PatternAutomaton(pattern, budget))], _characters, budget);
            var inside = StateRules.Add(
                grammar,
                (State: Together.Start, Length: 0),
                at => at.Length == max ? [] : together.Steps(at.State).Select(step => (step.Symbol, (step.Next, Math.Min(at.Length + 1, max ?? min)))),
                at => at.Length >= min && together.IsAccepting(at.State),
                budget);
            _rules.Add(key, rule = inside is { } text ? grammar.Add([JsonRules.Byte('"'), text, JsonRules.Byte('"')]) : null);
        }

        return rule;
    }

    /// <summary>Automata side by side; a state is the number of a combination of theirs.</summary>
    private sealed class Together
    {
        public const int Start = 0;

        private readonly PatternAutomaton[] _automata;
        private readonly CharacterRules _characters;
        private readonly IReadOnlyList<CodePointSet> _classes;
        private readonly List<int[]> _states = [];
        private readonly Dictionary<string, int> _ids = [];
        private readonly Dictionary<int, (Symbol Symbol, int Next)[]> _steps = [];

        public Together(PatternAutomaton[] automata, CharacterRules characters, CompileBudget budget)
        {
            (_automata, _characters) = (automata, characters);
            _classes = Classes([.. automata.SelectMany(automaton => automaton.Sets).DistinctBy(set => set.Key)], budget);
            _ = IdOf([.. automata.Select(_ => PatternAutomaton.Start)]);
        }

        public bool IsAccepting(int state) => _automata.Zip(_states[state]).All(pair => pair.First.IsAccepting(pair.Second));

        public (Symbol Symbol, int Next)[] Steps(int state)
        {
            if (!_steps.TryGetValue(state, out var steps))
            {
                _steps.Add(state, steps = [.. _classes.GroupBy(set => Next(state, set.Ranges[0].First)).Where(group => group.Key != PatternAutomaton.Dead)
                    .Select(group => ((Symbol)_characters.Rule(CodePointSet.Of(group.SelectMany(set => set.Ranges))), group.Key))]);
            }

            return steps;
        }

        private int Next(int state, int codePoint)
        {
            int[] next = [.. _automata.Zip(_states[state], (automaton, at) => automaton.Step(at, codePoint))];
            return next.Contains(PatternAutomaton.Dead) ? PatternAutomaton.Dead : IdOf(next);
        }

        private int IdOf(int[] states)
        {
            var key = string.Join(',', states);
            if (!_ids.TryGetValue(key, out var id))
            {
                _ids.Add(key, id = _states.Count);
                _states.Add(states);
            }

            return id;
        }

        /// <summary>Sets of characters that no given set tells apart.</summary>
        private static List<CodePointSet> Classes(IReadOnlyList<CodePointSet> sets, CompileBudget budget)
        {
            int[] starts = [.. sets.SelectMany(set => set.Ranges).Concat(CodePointSet.All.Ranges)
                .SelectMany(range => (int[])[range.First, range.Last + 1]).Distinct().Order()];
            var pieces = starts.Zip(starts.Skip(1), (first, next) => CodePointSet.Of([(first, next - 1)])).Where(piece => !piece.IsEmpty);
            return [.. pieces.GroupBy(piece => Signature(piece.Ranges[0].First)).Select(group => CodePointSet.Of(group.SelectMany(piece => piece.Ranges)))];

            string Signature(int codePoint)
            {
                budget.Spend(sets.Count);
                return new([.. sets.Select(set => set.Contains(codePoint) ? '1' : '0')]);
            }
        }
    }
}
