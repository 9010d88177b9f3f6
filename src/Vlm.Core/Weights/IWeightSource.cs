using static TorchSharp.torch;

namespace Vlm.Core.Weights;

/// <summary>Where a model takes its weights from: the files of a checkpoint, or parameters in training.</summary>
public interface IWeightSource
{
    /// <summary>Names of weights that the model evaluates but nobody has asked for yet.</summary>
    IEnumerable<string> NeverAsked { get; }

    /// <summary>True when there is a weight of this hub name.</summary>
    bool Has(string name);

    /// <summary>One weight as the source holds it; the caller disposes it.</summary>
    /// <exception cref="InvalidDataException">The tensor has another shape.</exception>
    /// <exception cref="ArgumentException">The model has no such parameter.</exception>
    Tensor Read(string name, IReadOnlyList<long> shape);
}
