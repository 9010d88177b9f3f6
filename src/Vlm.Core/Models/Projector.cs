// LLaVA-1.5: Liu, Li, Li, Lee 2023, arXiv 2310.03744 (mlp2x_gelu). GELU: Hendrycks, Gimpel 2016, arXiv 1606.08415.
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Core.Models;

/// <summary>Two linear layers with the exact (erf) GELU between: vision width to the language model's width.</summary>
public sealed class Projector(WeightScope weights, LlavaConfig config) : IDisposable
{
    private readonly Linear _linear1 = new(
        weights.Scope("linear_1"), config.Vision.HiddenSize, config.Text.HiddenSize, config.ProjectorBias);

    private readonly Linear _linear2 = new(
        weights.Scope("linear_2"), config.Text.HiddenSize, config.Text.HiddenSize, config.ProjectorBias);

    /// <summary>Vision features [B, N, Cv] -> vectors [B, N, C] that replace the picture in the prompt.</summary>
    public Tensor Forward(Tensor features)
    {
        using var scope = NewDisposeScope();
        var hidden = nn.functional.gelu(_linear1.Forward(features));
        return _linear2.Forward(hidden).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _linear1.Dispose();
        _linear2.Dispose();
    }
}
