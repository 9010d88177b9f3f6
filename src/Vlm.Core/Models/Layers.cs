// LayerNorm: Ba, Kiros, Hinton 2016, arXiv 1607.06450. RMSNorm: Zhang, Sennrich 2019, arXiv 1910.07467.
// RoPE: Su et al. 2021, arXiv 2104.09864, in the half-split layout of the published Hugging Face checkpoints.
using Vlm.Core.Weights;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Core.Models;

/// <summary>x Wᵀ + b over the last axis.</summary>
public sealed class Linear : IDisposable
{
    private readonly Tensor _weight; // [out, in]
    private readonly Tensor? _scales; // [out, in / 32] of an int8 weight
    private readonly Tensor? _bias; // [out]

    /// <summary>Reads <c>weight</c> [out, in] and, if it <paramref name="hasBias"/>, <c>bias</c> [out].</summary>
    public Linear(WeightScope weights, long inFeatures, long outFeatures, bool hasBias)
    {
        (_weight, _scales) = weights.GetLinear(outFeatures, inFeatures);
        _bias = hasBias ? weights.Get("bias", outFeatures) : null;
    }

    /// <summary>Bytes of the weight as it lies in memory.</summary>
    public long WeightBytes => Bytes(_weight) + (_scales is null ? 0 : Bytes(_scales));

    /// <summary>Element type of the weight in memory.</summary>
    public ScalarType WeightDType => _weight.dtype;

    /// <summary>[..., in] -> [..., out].</summary>
    public Tensor Forward(Tensor x) => Kernels.Default.Linear(x, Matrix)[0];

    /// <summary>[..., in] -> [..., out] of each layer, of equal input size: x is read and prepared once for all.</summary>
    public static Tensor[] Forward(Tensor x, params ReadOnlySpan<Linear> layers)
    {
        Span<LinearWeight> matrices = new LinearWeight[layers.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            matrices[i] = layers[i].Matrix;
        }

        return Kernels.Default.Linear(x, matrices);
    }

    /// <summary>As the kernels take it.</summary>
    public LinearWeight Matrix => new(_weight, _scales, _bias);

    private static long Bytes(Tensor x) => x.numel() * x.element_size();

    public void Dispose()
    {
        _weight.Dispose();
        _scales?.Dispose();
        _bias?.Dispose();
    }
}

/// <summary>Normalises the last axis to mean 0 and variance 1, then scales and shifts it.</summary>
public sealed class LayerNorm(WeightScope weights, long features, double eps) : IDisposable
{
    private readonly Tensor _weight = weights.Get("weight", features);
    private readonly Tensor _bias = weights.Get("bias", features);
    private readonly long[] _shape = [features];

    /// <summary>[..., C] -> [..., C].</summary>
    public Tensor Forward(Tensor x) => nn.functional.layer_norm(x, _shape, _weight, _bias, eps);

    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }
}

/// <summary>
/// Divides the last axis by its root mean square, in float32 at least, rounds to the model's dtype, then scales.
/// </summary>
public sealed class RmsNorm(WeightScope weights, long features, double eps) : IDisposable
{
    private readonly Tensor _weight = weights.Get("weight", features);

    /// <summary>[C].</summary>
    public Tensor Weight => _weight;

    /// <summary>Added to the mean square.</summary>
    public double Eps => eps;

    /// <summary>Dtype of its weight and of what it takes.</summary>
    public ScalarType DType => _weight.dtype;

    /// <summary>[..., C] -> [..., C].</summary>
    public Tensor Forward(Tensor x) => Kernels.Default.RmsNorm(x, _weight, eps);

    public void Dispose() => _weight.Dispose();
}

/// <summary>The rotations that tell attention where a token stands: cos and sin of position · theta^(-2i/D).</summary>
public sealed class RotaryEmbedding : IDisposable
{
    private readonly Tensor _inverseFrequencies; // [1, D/2]
    private readonly ScalarType _dtype;

    /// <param name="headDim">D, even.</param>
    /// <param name="theta">Base of the geometric row of wavelengths.</param>
    /// <param name="dtype">Dtype of the results; the angles are float32, or float64 when the results are.</param>
    /// <param name="device">Where the results lie.</param>
    public RotaryEmbedding(long headDim, double theta, ScalarType dtype, Device device)
    {
        var inverse = new double[headDim / 2];
        for (var i = 0; i < inverse.Length; i++)
        {
            inverse[i] = Math.Pow(theta, -2.0 * i / headDim);
        }

        _dtype = dtype;
        using var scope = NewDisposeScope();
        _inverseFrequencies = tensor(inverse).to(Precision.AtLeastFloat32(dtype)).to(device).unsqueeze(0)
            .DetachFromDisposeScope();
    }

    /// <summary>Positions [T] -> cos and sin, each [T, D]: the angles of the first half, then the same again.</summary>
    public (Tensor Cos, Tensor Sin) Forward(long[] positions)
    {
        using var scope = NewDisposeScope();
        var column = tensor(positions).to(_inverseFrequencies.dtype).to(_inverseFrequencies.device).unsqueeze(1);
        var angles = column * _inverseFrequencies; // [T, D/2]
        angles = cat([angles, angles], -1);
        return (angles.cos().to(_dtype).MoveToOuterDisposeScope(), angles.sin().to(_dtype).MoveToOuterDisposeScope());
    }

    public void Dispose() => _inverseFrequencies.Dispose();
}

/// <summary>Where half precision would lose too much.</summary>
internal static class Precision
{
    /// <summary>float64 for float64, otherwise float32.</summary>
    public static ScalarType AtLeastFloat32(ScalarType dtype) =>
        dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;
}
