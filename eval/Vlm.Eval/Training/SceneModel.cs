using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Weights;

namespace Vlm.Eval.Training;

/// <summary>The shape of the shipped model: the preset <c>tiny</c> with the template and geometry of LLaVA's own
/// checkpoints (vicuna_v1, padded to a square).</summary>
public static class SceneModel
{
    /// <summary>Configuration with this repository's vocabulary.</summary>
    public static LlavaConfig Config() =>
        CheckpointPreset.Find("tiny").Config(DefaultVocabulary.CountPieces(DefaultVocabulary.Find()), TensorDType.F16) with
        {
            Family = CheckpointFamily.Original,
            PadToSquare = true,
        };

    /// <summary>CLIP's constants at the model's size.</summary>
    public static PreprocessorConfig Preprocessor(LlavaConfig config) => PreprocessorConfig.Default with
    {
        Size = config.Vision.ImageSize,
        DefaultGeometry = ImageGeometry.Pad,
    };
}
