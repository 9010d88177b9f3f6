using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>Groups and states: what every optimizer shares.</summary>
public abstract class OptimizerHelper : optim.Optimizer
{
    private protected readonly Dictionary<Parameter, OptimizerState> States = new(ReferenceEqualityComparer.Instance);

    public override IEnumerable<Parameter> parameters() => Groups.SelectMany(group => group.Parameters);

    public virtual StateDictionary state_dict() => new(parameters().Select(parameter => States[parameter]));

    protected override void Dispose(bool disposing)
    {
        foreach (OptimizerState state in States.Values)
        {
            state.Dispose();
        }

        States.Clear();
    }
}
