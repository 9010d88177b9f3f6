using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>The reference checkpoints, each loaded once per dtype for all tests of a class.</summary>
public sealed class GoldenModels : IDisposable
{
    private readonly Dictionary<(string Name, ScalarType DType, WeightFormat Format), (Checkpoint Checkpoint, Llava Model)> _loaded = [];

    public Llava Get(string name, ScalarType dtype, WeightFormat format = WeightFormat.Computed)
    {
        if (!_loaded.TryGetValue((name, dtype, format), out var loaded))
        {
            var checkpoint = Checkpoint.Open(Golden.Folder("checkpoints", name));
            loaded = (checkpoint, Llava.Load(checkpoint, dtype, CPU, format));
            _loaded.Add((name, dtype, format), loaded);
        }

        return loaded.Model;
    }

    public void Dispose()
    {
        foreach (var (checkpoint, model) in _loaded.Values)
        {
            model.Dispose();
            checkpoint.Dispose();
        }
    }
}
