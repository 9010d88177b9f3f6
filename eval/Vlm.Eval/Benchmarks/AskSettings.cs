using Vlm.Core.Imaging;
using Vlm.Core.Text;

namespace Vlm.Eval.Benchmarks;

/// <summary>How a question is put to the model; decoding is greedy everywhere.</summary>
/// <param name="Template">Prompt layout.</param>
/// <param name="Geometry">How pictures become square.</param>
/// <param name="ApplyExif">Whether the camera's orientation is applied.</param>
public sealed record AskSettings(TemplateName Template, ImageGeometry Geometry, bool ApplyExif)
{
    /// <summary>The model's own ways.</summary>
    public static AskSettings Auto { get; } = new(TemplateName.Auto, ImageGeometry.Auto, true);

    /// <summary>
    /// Both stacks ask in vicuna_v1. LLaVA's scripts pad and never look at EXIF; lmms-eval takes the model's geometry and gets upright pictures
    /// from Hugging Face's data sets.
    /// </summary>
    public static AskSettings Of(EvalProfile profile) => profile == EvalProfile.Llava
        ? new AskSettings(TemplateName.VicunaV1, ImageGeometry.Pad, false)
        : new AskSettings(TemplateName.VicunaV1, ImageGeometry.Auto, true);
}
