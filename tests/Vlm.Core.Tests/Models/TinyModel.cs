using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>A LLaVA of small random weights, with grouped queries, loaded in float64.</summary>
public sealed class TinyModel : IDisposable
{
    private readonly TinyCheckpoint _folder = TinyCheckpoint.Create();
    private readonly Checkpoint _checkpoint;

    public TinyModel()
    {
        _checkpoint = Checkpoint.Open(_folder.Folder);
        Model = Load(ScalarType.Float64);
    }

    public Llava Model { get; }

    /// <summary>Weights of the vision tower, for tests of its parts.</summary>
    public WeightScope VisionWeights =>
        _checkpoint.Weights.To(ScalarType.Float64, CPU).Scope("vision_tower.vision_model");

    /// <summary>The same weights in another dtype; the caller disposes the model.</summary>
    public Llava Load(ScalarType dtype) => Llava.Load(_checkpoint, dtype, CPU);

    public void Dispose()
    {
        Model.Dispose();
        _checkpoint.Dispose();
        _folder.Dispose();
    }
}
