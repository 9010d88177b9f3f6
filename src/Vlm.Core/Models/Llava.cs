// LLaVA-1.5: Liu, Li, Li, Lee 2023, arXiv 2310.03744. Reference: Hugging Face transformers, models/llava, 5.23 (numbers
// compared, see tests). Deviation: the number of vectors per picture is what token merging leaves, not the patch count.
using Vlm.Core.Weights;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Models;

/// <summary>Vision tower, projector and language model of one checkpoint, in one dtype on one device.</summary>
public sealed class Llava : IDisposable
{
    private Llava(
        LlavaConfig config, ScalarType dtype, ScalarType cacheDType, Device device, ClipVision vision, Projector projector,
        Llama language)
    {
        Config = config;
        MergeShape = config.MergeShape;
        (DType, CacheDType, Device) = (dtype, cacheDType, device);
        (Vision, Projector, Language) = (vision, projector, language);
    }

    /// <summary>Sizes and choices of the checkpoint.</summary>
    public LlavaConfig Config { get; }

    /// <summary>The vision tower as the merging schedule sees it.</summary>
    public MergeShape MergeShape { get; }

    /// <summary>Dtype of activations, and of weights that <see cref="WeightFormat"/> does not leave in another.</summary>
    public ScalarType DType { get; }

    /// <summary>Dtype of keys and values in the cache: float16 where weights stay in 16 bits, else <see cref="DType"/>.</summary>
    public ScalarType CacheDType { get; }

    /// <summary>Where weights and activations lie.</summary>
    public Device Device { get; }

    /// <summary>[B, 3, S, S] pixels to features.</summary>
    public ClipVision Vision { get; }

    /// <summary>Features to vectors of the language model.</summary>
    public Projector Projector { get; }

    /// <summary>Vectors to logits.</summary>
    public Llama Language { get; }

    /// <summary>Builds the model from an open checkpoint; weights may be views of its mapped files.</summary>
    /// <param name="checkpoint">The weights; each is asked for by name and shape.</param>
    /// <param name="dtype">float64, float32, float16 or bfloat16.</param>
    /// <param name="device">Where the model shall run.</param>
    /// <param name="format">How the matrices lie in memory.</param>
    /// <exception cref="InvalidDataException">A weight is missing, unknown or of another shape.</exception>
    public static Llava Load(
        Checkpoint checkpoint, ScalarType dtype, Device device, WeightFormat format = WeightFormat.Computed)
    {
        var config = checkpoint.Config;
        var weights = checkpoint.Weights.To(
            dtype, device, format == WeightFormat.EightBit ? WeightFormat.Stored : format);
        var vision = new ClipVision(
            weights.Scope("vision_tower.vision_model"), config.Vision, config.FeatureLayer, config.KeepClassToken);
        var projector = new Projector(weights.Scope("multi_modal_projector"), config);
        var language = new Llama(weights.Scope("language_model").In(format), config.Text);
        checkpoint.CheckComplete();
        var cacheDType = format == WeightFormat.Computed ? dtype : ScalarType.Float16;
        return new Llava(config, dtype, cacheDType, device, vision, projector, language);
    }

    /// <summary>Pictures to vectors of the language model.</summary>
    /// <param name="pixelValues">[B, 3, S, S], normalised, any floating dtype and device.</param>
    /// <param name="merge">How tokens merge; every picture of the batch keeps the same number of them.</param>
    /// <param name="trace">Whether to record where each original token went.</param>
    /// <param name="pictureSeeds">One number per picture, from which random methods draw; positions in the batch when
    /// null.</param>
    /// <returns>Features, projected vectors and, where tracked, owners and sizes. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">Pixels of another shape.</exception>
    public VisionOutput EncodeImages(
        Tensor pixelValues, MergeSpec merge, bool trace = false, IReadOnlyList<ulong>? pictureSeeds = null)
    {
        long size = Config.Vision.ImageSize, channels = Config.Vision.NumChannels;
        if (pixelValues.shape is not [> 0, var c, var h, var w] || c != channels || h != size || w != size)
        {
            throw new ArgumentException(
                $"Pixel values: expected [B, {channels}, {size}, {size}], "
                + $"found [{string.Join(", ", pixelValues.shape)}].",
                nameof(pixelValues));
        }

        using var noGradients = inference_mode();
        using var scope = NewDisposeScope();
        using var merging = TokenMergers.Begin(merge, MergeShape, trace, pictureSeeds);
        var features = Vision.Forward(pixelValues.to(DType, Device), merging);
        return new VisionOutput(
            features.MoveToOuterDisposeScope(),
            Projector.Forward(features).MoveToOuterDisposeScope(),
            merging.Owner?.clone().MoveToOuterDisposeScope(),
            merging.Sizes?.clone().MoveToOuterDisposeScope(),
            merging.Trace);
    }

    public void Dispose()
    {
        Vision.Dispose();
        Projector.Dispose();
        Language.Dispose();
    }
}
