using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// Finds NaN and infinity in what is merged. All layers are looked at together, since each look at a number makes the
/// host wait for the device.
/// </summary>
internal sealed class FiniteWatch : IDisposable
{
    private readonly List<(int Layer, Tensor Sum)> _sums = [];

    /// <summary>Notes a layer's tokens: their sum is finite only if every number is.</summary>
    public void Add(int layer, Tensor hidden) => _sums.Add((layer, hidden.sum().DetachFromDisposeScope()));

    /// <summary>Looks at all that was noted.</summary>
    /// <exception cref="NotFiniteNumberException">Something was not finite.</exception>
    public void Check()
    {
        if (_sums.Count == 0)
        {
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        Tensor all = stack(_sums.Select(entry => entry.Sum)).unsqueeze(0).to_type(ScalarType.Float64);
        int wrong = Array.FindIndex(HostCopy.Rows<double>(all)[0], sum => !double.IsFinite(sum));
        if (wrong >= 0)
        {
            throw new NotFiniteNumberException(string.Create(
                CultureInfo.InvariantCulture,
                $"hidden states of layer {_sums[wrong].Layer}: expected finite numbers to merge, found NaN or infinity."));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sums.ForEach(entry => entry.Sum.Dispose());
        _sums.Clear();
    }
}
