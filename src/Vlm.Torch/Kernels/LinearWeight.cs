using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>A matrix that <see cref="IKernels.Linear"/> multiplies by.</summary>
/// <param name="Weight">[out, in]; int8 where it has scales.</param>
/// <param name="Scales">bfloat16 [out, in / 32] of a weight that <see cref="IKernels.Quantize"/> made, for a float32 x on the CPU: there
/// x is rounded to 16 bits per 64 inputs, off by at most 2^-16 of the largest of them.</param>
/// <param name="Bias">[out], in the dtype of x.</param>
public readonly record struct LinearWeight(Tensor Weight, Tensor? Scales = null, Tensor? Bias = null)
{
    /// <summary>Inputs that share a scale; as in <c>native/vlmtorch/cpu_weights.h</c>.</summary>
    public const int GroupSize = 32;
}

/// <summary>Products with one matrix.</summary>
public static class LinearKernels
{
    /// <summary>x weightᵀ + bias: [..., in], [out, in], [out] -> [..., out].</summary>
    public static Tensor Linear(this IKernels kernels, Tensor x, Tensor weight, Tensor? bias) =>
        kernels.Linear(x, new LinearWeight(weight, null, bias))[0];

    /// <summary>The same with a quantised weight.</summary>
    public static Tensor LinearInt8(this IKernels kernels, Tensor x, Tensor values, Tensor scales, Tensor? bias) =>
        kernels.Linear(x, new LinearWeight(values, scales, bias))[0];
}
