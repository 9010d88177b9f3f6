using TorchSharp.Modules;
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>One file with all that a run needs to go on exactly: parameters, both moments of AdamW, the step.</summary>
public static class TrainingState
{
    /// <summary>Name in a run's folder.</summary>
    public const string FileName = "state.safetensors";

    private const string StepName = "step";

    /// <summary>Writes the file; an interrupted write leaves the former one.</summary>
    public static void Save(string folder, ParameterSet parameters, AdamW optimizer, long step)
    {
        Dictionary<string, Tensor> tensors = new() { [StepName] = tensor([step]) };
        foreach (var (name, value) in All(parameters, optimizer))
        {
            tensors.Add(name, value);
        }

        TensorPlan[] plans = [.. tensors.Select(t => new TensorPlan(
            t.Key, t.Key == StepName ? TensorDType.I64 : TensorDType.F32, t.Value.shape))];
        SafetensorsWriter.Write(
            Path.Combine(Directory.CreateDirectory(folder).FullName, FileName), plans, (plan, output) =>
            {
                using var scope = NewDisposeScope();
                output.Write(tensors[plan.Name].detach().contiguous().bytes);
            });
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <returns>The number of steps done.</returns>
    /// <exception cref="InvalidDataException">No such file, or a state of another model.</exception>
    public static long Load(string folder, ParameterSet parameters, AdamW optimizer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, FileName));
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        long step = file.Get(StepName).item<long>();
        foreach (var (name, value) in All(parameters, optimizer))
        {
            value.copy_(Find(file, name, value.shape));
        }

        foreach (AdamW.State state in States(optimizer))
        {
            state.step = step;
        }

        return step;
    }

    /// <summary>Copies parameters whose names begin with a prefix out of another run's file.</summary>
    public static void LoadParameters(string folder, string prefix, ParameterSet parameters)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, FileName));
        using var noGradients = no_grad();
        foreach (string name in parameters.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var scope = NewDisposeScope();
            parameters[name].copy_(Find(file, "weight/" + name, parameters[name].shape));
        }
    }

    private static Tensor Find(SafetensorsFile file, string name, long[] shape)
    {
        TensorEntry? entry = file.Entries.GetValueOrDefault(name);
        return entry is not null && entry.Shape.SequenceEqual(shape)
            ? file.Get(name)
            : throw new InvalidDataException(
                $"{name}: expected [{string.Join(", ", shape)}], found " +
                $"{(entry is null ? "no such tensor" : TensorShape.Text(entry.Shape))} in {file.Path}.");
    }

    private static IEnumerable<(string Name, Tensor Value)> All(ParameterSet parameters, AdamW optimizer)
    {
        string[] names = [.. parameters.Names];
        AdamW.State[] states = States(optimizer);
        Dictionary<Parameter, AdamW.State> moments = optimizer.parameters().Zip(states).ToDictionary();
        foreach (string name in names)
        {
            yield return ("weight/" + name, parameters[name]);
            if (moments.TryGetValue(parameters[name], out AdamW.State? state))
            {
                yield return ("mean/" + name, state.exp_avg);
                yield return ("square/" + name, state.exp_avg_sq);
            }
        }
    }

    private static AdamW.State[] States(AdamW optimizer) => [.. optimizer.state_dict().State.Cast<AdamW.State>()];
}
