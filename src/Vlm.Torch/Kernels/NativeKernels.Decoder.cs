using Vlm.Torch.Native;
using static TorchSharp.torch;
using static Vlm.Torch.Native.NativeMethods;

namespace Vlm.Torch;

/// <summary>Halves of a decoder layer in one native call each: see native/vlmtorch/kernels_decoder.cpp.</summary>
public sealed unsafe partial class NativeKernels
{
    public void AddAttention(Tensor hidden, in AttentionWeights weights, in DecoderStep step)
    {
        LinearWeight[] matrices = [weights.Query, weights.Key, weights.Value, weights.Output];
        using NativeList values = new(matrices.Select(matrix => matrix.Weight.Native));
        using NativeList scales = new(matrices.Select(matrix => Tensor.OrAbsent(matrix.Scales)));
        using NativeList biases = new(matrices.Select(matrix => Tensor.OrAbsent(matrix.Bias)));
        using NativeList tensors = new([step.Cos.Native, step.Sin.Native, step.KeyCache.Native, step.ValueCache.Native,
            step.Slots.Native, step.BlockTables.Native, step.QueryStart.Native, step.ContextLength.Native]);
        TorchException.Check(vt_kernel_add_attention(hidden.Native, weights.Norm.Native, weights.Eps, values.Pointers,
            scales.Pointers, biases.Pointers, weights.HeadDim, weights.Scale, tensors.Pointers));
    }

    public void AddGatedMlp(Tensor hidden, in GatedMlpWeights weights)
    {
        LinearWeight[] matrices = [weights.Gate, weights.Up, weights.Down];
        using NativeList values = new(matrices.Select(matrix => matrix.Weight.Native));
        using NativeList scales = new(matrices.Select(matrix => Tensor.OrAbsent(matrix.Scales)));
        using NativeList biases = new(matrices.Select(matrix => Tensor.OrAbsent(matrix.Bias)));
        TorchException.Check(vt_kernel_add_gated_mlp(
            hidden.Native, weights.Norm.Native, weights.Eps, values.Pointers, scales.Pointers, biases.Pointers));
    }
}
