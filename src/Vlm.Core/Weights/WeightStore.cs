using Vlm.Core.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Weights;

/// <summary>Where each hub-named weight lies, and which were asked for. Complete by construction: missing, unknown and
/// misshapen tensors are refused.</summary>
internal sealed class WeightStore : IWeightSource
{
    private readonly Dictionary<string, (ITensorFile File, string Name)> _places = [];
    private readonly HashSet<string> _asked = [];
    private readonly IReadOnlyList<ModelParameter> _parameters;

    private WeightStore(IReadOnlyList<ModelParameter> parameters) => _parameters = parameters;

    /// <summary>Names of weights that the model evaluates but nobody has asked for yet.</summary>
    public IEnumerable<string> NeverAsked =>
        _parameters.Where(p => p.IsUsed && !_asked.Contains(p.Name)).Select(p => p.Name);

    /// <summary>Parameters of the model, in the order of evaluation.</summary>
    public IReadOnlyList<ModelParameter> Parameters => _parameters;

    /// <summary>Maps the tensors of files to parameters.</summary>
    /// <param name="config">Says which parameters there must be.</param>
    /// <param name="sources">Files with the function from their names to hub names (null: not a weight).</param>
    /// <param name="folder">For messages.</param>
    /// <exception cref="InvalidDataException">A tensor is unknown, double, missing, of the wrong shape or of a type
    /// that is no weight.</exception>
    public static WeightStore Create(
        LlavaConfig config, IEnumerable<(ITensorFile File, Func<string, string?> ToHub)> sources, string folder)
    {
        var store = new WeightStore(ModelParameters.List(config));
        var scales = store._parameters.Where(p => p.CanBeInt8).Select(p => p.Scales);
        var known = store._parameters.Concat(scales).ToDictionary(p => p.Name);
        foreach (var (file, toHub) in sources)
        {
            foreach (TensorEntry entry in file.Entries.Values)
            {
                store.Add(file, entry, toHub(entry.Name), known);
            }
        }

        store.CheckScales();
        ModelParameter[] missing = [.. store.Expected.Where(p => !store._places.ContainsKey(p.Name))];
        return missing.Length == 0
            ? store
            : throw new InvalidDataException(
                $"{missing[0].Name}: tensor missing: expected {TensorShape.Text(missing[0].Shape)}, " +
                $"found no such tensor{Others(missing.Length - 1)} in {folder}.");
    }

    /// <summary>True when a matrix is stored as int8.</summary>
    public bool IsInt8(ModelParameter parameter) =>
        _places.TryGetValue(parameter.Name, out var place) && place.File.Entries[place.Name].DType == TensorDType.I8;

    /// <summary>Every tensor that there is: the parameters, and the scales of those that are int8.</summary>
    public IEnumerable<ModelParameter> Expected => [.. _parameters, .. _parameters.Where(IsInt8).Select(p => p.Scales)];

    public bool Has(string name) => _places.ContainsKey(name);

    /// <summary>A view of the mapped file; the weight counts as asked from now on.</summary>
    public Tensor Read(string name, IReadOnlyList<long> shape)
    {
        var (file, fileName) = Ask(name);
        TensorEntry entry = file.Entries[fileName];
        return entry.Shape.SequenceEqual(shape)
            ? file.Get(fileName)
            : throw new InvalidDataException(
                $"{name}: expected {TensorShape.Text(shape)}, found {TensorShape.Text(entry.Shape)} " +
                $"in {Path.GetFileName(file.Path)}.");
    }

    /// <summary>Type and shape of a weight, without counting as asked.</summary>
    public TensorEntry Entry(string name)
    {
        var (file, fileName) = Place(name);
        return file.Entries[fileName];
    }

    /// <summary>File and name in the file; the weight counts as asked from now on.</summary>
    public (ITensorFile File, string Name) Ask(string name)
    {
        var place = Place(name);
        _asked.Add(name);
        return place;
    }

    private (ITensorFile File, string Name) Place(string name) => _places.TryGetValue(name, out var place)
        ? place
        : throw new ArgumentException($"{name}: expected a parameter of the model, found no such name.", nameof(name));

    private void Add(ITensorFile file, TensorEntry entry, string? hubName, Dictionary<string, ModelParameter> known)
    {
        if (hubName is null)
        {
            return;
        }

        string shard = Path.GetFileName(file.Path);
        if (!known.TryGetValue(hubName, out ModelParameter? parameter))
        {
            throw new InvalidDataException(
                $"{entry.Name}: unknown tensor: expected only parameters of config.json, " +
                $"found {TensorShape.Text(entry.Shape)} in {shard}.");
        }

        if (!entry.Shape.SequenceEqual(parameter.Shape))
        {
            throw new InvalidDataException(
                $"{entry.Name}: expected {TensorShape.Text(parameter.Shape)}, " +
                $"found {TensorShape.Text(entry.Shape)} in {shard}.");
        }

        if (!parameter.DTypes.Contains(entry.DType))
        {
            string[] names = [.. parameter.DTypes.Select(dtype => dtype.Name())];
            throw new InvalidDataException(
                $"{entry.Name}: expected {string.Join(" or ", [string.Join(", ", names[..^1]), names[^1]])}, found {entry.DType.Name()} in {shard}.");
        }

        if (!_places.TryAdd(hubName, (file, entry.Name)))
        {
            string other = Path.GetFileName(_places[hubName].File.Path);
            throw new InvalidDataException(
                $"{entry.Name}: expected {hubName} once, found it in {other} and in {shard}.");
        }
    }

    private void CheckScales()
    {
        if (_parameters.FirstOrDefault(p => p.CanBeInt8 && Has(p.Scales.Name) && !IsInt8(p)) is { } other)
        {
            throw new InvalidDataException(
                $"{other.Scales.Name}: expected an I8 {other.Name} with it, found {(Has(other.Name) ? Entry(other.Name).DType.Name() : "none")}.");
        }
    }

    private static string Others(int count) => count == 0 ? "" : $" (and {count} others)";
}
