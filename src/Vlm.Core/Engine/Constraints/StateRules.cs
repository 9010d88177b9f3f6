namespace Vlm.Core.Engine.Constraints;

/// <summary>Finite automata as rules of a grammar: one per state, in which a symbol is followed by the rule of the next state.</summary>
internal static class StateRules
{
    private const int StateCost = 16; // a state is some 200 bytes before it is a rule

    /// <summary>Adds the texts that lead from a state to an accepting one. States that lead to none have no rule.</summary>
    /// <returns>The rule of the first state; null where no text leads on.</returns>
    /// <exception cref="ArgumentException">There are too many states.</exception>
    public static int? Add<TState>(
        GrammarBuilder grammar,
        TState start,
        Func<TState, IEnumerable<(Symbol Symbol, TState Next)>> steps,
        Func<TState, bool> accepts,
        CompileBudget budget)
        where TState : notnull
    {
        Dictionary<TState, int> ids = new() { [start] = 0 };
        List<TState> states = [start];
        List<List<(Symbol Symbol, int Next)>> edges = [];
        for (var i = 0; i < states.Count; i++)
        {
            edges.Add([.. steps(states[i]).Select(step => (step.Symbol, IdOf(step.Next)))]);
            budget.Spend(StateCost + edges[i].Count);
        }

        var isAccepting = states.Select(accepts).ToArray();
        var isAlive = Alive(edges, isAccepting);
        var rules = isAlive.Select(alive => alive ? grammar.Declare() : -1).ToArray();
        foreach (var i in Enumerable.Range(0, rules.Length).Where(i => isAlive[i]))
        {
            var alternatives = edges[i].Where(edge => isAlive[edge.Next]).Select(edge => (Symbol[])[edge.Symbol, rules[edge.Next]]);
            grammar.Define(rules[i], isAccepting[i] ? [[], .. alternatives] : [.. alternatives]);
        }

        return isAlive[0] ? rules[0] : null;

        int IdOf(TState state)
        {
            if (ids.TryAdd(state, states.Count))
            {
                states.Add(state);
            }

            return ids[state];
        }
    }

    /// <summary>From the accepting states backwards.</summary>
    private static bool[] Alive(List<List<(Symbol Symbol, int Next)>> edges, bool[] isAccepting)
    {
        var isAlive = new bool[edges.Count];
        var sources = edges.SelectMany((steps, from) => steps.Select(step => (From: from, step.Next))).ToLookup(edge => edge.Next, edge => edge.From);
        Stack<int> open = new(Enumerable.Range(0, edges.Count).Where(state => isAccepting[state]));
        while (open.TryPop(out var state))
        {
            if (!isAlive[state])
            {
                isAlive[state] = true;
                foreach (var from in sources[state])
                {
                    open.Push(from);
                }
            }
        }

        return isAlive;
    }
}
