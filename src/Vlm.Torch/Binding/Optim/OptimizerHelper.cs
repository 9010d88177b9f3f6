using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Groups, states and their saving: what every optimizer shares.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private protected readonly Dictionary<Parameter, OptimizerState> States = new(ReferenceEqualityComparer.Instance);

    public override IEnumerable<Parameter> parameters() => Groups.SelectMany(group => group.Parameters);

    public virtual void add_param_group(ParamGroup param_group) => Groups.Add(param_group);

    public virtual StateDictionary state_dict()
    {
        int next = 0;
        List<List<int>> index = [.. Groups.Select(group => group.Parameters.Select(_ => next++).ToList())];
        return new StateDictionary(
            Groups.Select(group => group.Settings), parameters().Select(parameter => States[parameter]), index);
    }

    /// <exception cref="ArgumentException">Groups or parameters differ in number.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        Parameter[] all = [.. parameters()];
        if (state_dict.Options.Count != Groups.Count || state_dict.State.Count != all.Length)
        {
            throw new ArgumentException(
                $"Optimizer state: expected {Groups.Count} groups and {all.Length} parameters, " +
                $"found {state_dict.Options.Count} and {state_dict.State.Count}.");
        }

        for (int i = 0; i < Groups.Count; i++)
        {
            Groups[i].Settings.LoadStateDict(state_dict.Options[i]);
        }

        for (int i = 0; i < all.Length; i++)
        {
            States[all[i]].LoadStateDict(state_dict.State[i]);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (OptimizerState state in States.Values)
        {
            state.Dispose();
        }

        States.Clear();
    }
}
