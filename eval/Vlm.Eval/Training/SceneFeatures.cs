using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>What the language model sees of a picture while it learns.</summary>
public interface ISceneFeatures : IDisposable
{
    /// <summary>Whether <see cref="ScenePictures.Pixels"/> are needed.</summary>
    bool NeedsPixels { get; }

    /// <summary>[B, patches, C].</summary>
    Tensor Forward(ScenePictures pictures);
}

/// <summary>The truth itself, projected at random, with noise: lets the language model start before the tower
/// sees.</summary>
public sealed class LabelFeatures : ISceneFeatures
{
    private const double Noise = 0.3;
    private static readonly int Inputs = PatchLabels.Groups.Sum(group => group.Classes) + 2;
    private readonly Tensor _projection; // [inputs, C]

    /// <param name="width">C.</param>
    public LabelFeatures(int width)
    {
        using var generator = new Generator(1);
        _projection = randn([Inputs, width], generator: generator).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public bool NeedsPixels => false;

    /// <inheritdoc/>
    public Tensor Forward(ScenePictures pictures)
    {
        int count = pictures.Labels.Length;
        Tensor[] parts =
        [
            .. PatchLabels.Groups.Select((group, i) => nn.functional.one_hot(pictures.Classes(i), group.Classes).to(ScalarType.Float32)),
            tensor((float[])[.. pictures.Labels.SelectMany(labels => labels.Centres)]).reshape(-1, 2) * 2,
        ];
        Tensor features = cat(parts, 1).matmul(_projection);
        using var generator = new Generator(pictures.Seed);
        return (features + (randn(features.shape, generator: generator) * Noise)).reshape(count, -1, features.shape[1]);
    }

    /// <inheritdoc/>
    public void Dispose() => _projection.Dispose();
}

/// <summary>What the tower makes of the pixels, merged as the server would.</summary>
/// <param name="parameters">Holds the tower.</param>
/// <param name="config">The model.</param>
/// <param name="merge">How tokens merge.</param>
/// <param name="isTrained">Whether gradients flow into the tower.</param>
public sealed class TowerFeatures(ParameterSet parameters, LlavaConfig config, MergeSpec merge, bool isTrained) : ISceneFeatures
{
    private readonly ClipVision _tower = new(
        new WeightScope(parameters).Scope("vision_tower.vision_model"), config.Vision, config.FeatureLayer, keepClassToken: false);

    /// <inheritdoc/>
    public bool NeedsPixels => true;

    /// <inheritdoc/>
    public Tensor Forward(ScenePictures pictures)
    {
        using IDisposable? noGradients = isTrained ? null : no_grad();
        using var merging = TokenMergers.Begin(merge, config.MergeShape);
        return _tower.Forward(pictures.ToTensor(config.Vision.ImageSize), merging);
    }

    /// <inheritdoc/>
    public void Dispose() => _tower.Dispose();
}
