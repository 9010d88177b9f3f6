using TorchSharp.Modules;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>Weights in training, float32 on the CPU, under their hub names. The models of the serving path take them as
/// they take those of a file.</summary>
public sealed class ParameterSet : IWeightSource, IDisposable
{
    private const double EmbeddingScale = 0.5;
    private const double HeadScale = 0.02;

    private static readonly string[] ResidualLayers = [".out_proj.", ".o_proj.", ".fc2.", ".down_proj."];

    private readonly Dictionary<string, Parameter> _parameters = [];

    private ParameterSet()
    {
    }

    /// <summary>All names, in the order of evaluation.</summary>
    public IReadOnlyCollection<string> Names => _parameters.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> NeverAsked => [];

    /// <summary>A parameter by name.</summary>
    public Parameter this[string name] => _parameters[name];

    /// <summary>New weights of a model: normal with deviation 1/sqrt(inputs), smaller where a layer adds to the residual
    /// stream and in the head; norms 1, biases 0.</summary>
    /// <param name="config">The model.</param>
    /// <param name="parts">Parts of the model to hold.</param>
    /// <param name="seed">Decides every weight.</param>
    public static ParameterSet Create(LlavaConfig config, IReadOnlyCollection<ModelPart> parts, long seed)
    {
        using var generator = new Generator((ulong)seed);
        ParameterSet set = new();
        foreach (ModelParameter parameter in ModelParameters.List(config).Where(p => parts.Contains(p.Part)))
        {
            set.Add(parameter.Name, Initial(parameter, config, generator));
        }

        return set;
    }

    /// <summary>Adds a parameter that no checkpoint has, e.g. a head that only training uses.</summary>
    public void Add(string name, Tensor value) =>
        _parameters.Add(name, (Parameter)new Parameter(value).DetachFromDisposeScope());

    /// <inheritdoc/>
    public bool Has(string name) => _parameters.ContainsKey(name);

    /// <inheritdoc/>
    public Tensor Read(string name, IReadOnlyList<long> shape) => _parameters.TryGetValue(name, out Parameter? parameter)
        ? parameter.shape.SequenceEqual(shape)
            ? parameter
            : throw new InvalidDataException(
                $"{name}: expected [{string.Join(", ", shape)}], found [{string.Join(", ", parameter.shape)}].")
        : throw new ArgumentException($"{name}: expected a parameter of the model, found no such name.", nameof(name));

    /// <summary>Parameters whose names begin with a prefix.</summary>
    public IEnumerable<Parameter> Under(string prefix) =>
        _parameters.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(pair => pair.Value);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter parameter in _parameters.Values)
        {
            parameter.Dispose();
        }
    }

    private static Tensor Initial(ModelParameter parameter, LlavaConfig config, Generator generator)
    {
        string name = parameter.Name;
        if (name.EndsWith(".bias", StringComparison.Ordinal))
        {
            return zeros(parameter.Shape);
        }

        bool isNorm = name.Contains("norm", StringComparison.Ordinal) || name.Contains("layrnorm", StringComparison.Ordinal);
        return isNorm ? ones(parameter.Shape) : randn(parameter.Shape, generator: generator) * Scale(parameter, config);
    }

    private static double Scale(ModelParameter parameter, LlavaConfig config)
    {
        string name = parameter.Name;
        if (name.Contains("embed", StringComparison.Ordinal) && !name.Contains("patch_embedding", StringComparison.Ordinal))
        {
            return parameter.Part == ModelPart.Vision ? HeadScale : EmbeddingScale;
        }

        long inputs = parameter.Count / parameter.Shape[0];
        int layers = parameter.Part == ModelPart.Vision ? config.Vision.NumHiddenLayers : config.Text.NumHiddenLayers;
        bool isResidual = ResidualLayers.Any(part => name.Contains(part, StringComparison.Ordinal));
        return name.Contains("lm_head", StringComparison.Ordinal) ? HeadScale
            : isResidual ? 1 / Math.Sqrt(2.0 * layers * inputs)
            : 1 / Math.Sqrt(inputs);
    }
}
