using Vlm.Core.Imaging;
using Vlm.Eval.Scenes;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>Pictures of a batch as the tower takes them.</summary>
/// <param name="Pixels">[B, 3, S, S] values, one picture after another.</param>
/// <param name="Labels">What is on their patches.</param>
/// <param name="Seed">Of whatever else is drawn for this batch.</param>
public sealed record ScenePictures(float[] Pixels, PatchLabels[] Labels, ulong Seed)
{
    /// <summary>Paints and preprocesses scenes exactly as the server would do with their files.</summary>
    public static ScenePictures Of(IReadOnlyList<Scene> scenes, ClipImageProcessor processor, int grid) => new(
        [.. scenes.SelectMany(scene => processor.Process(ScenePainter.Paint(scene), ImageGeometry.Pad).Data)],
        [.. scenes.Select(scene => PatchLabels.Of(scene, grid))],
        scenes[0].PaintSeed);

    /// <summary>The labels alone, for features that need no pixels.</summary>
    public static ScenePictures LabelsOf(IReadOnlyList<Scene> scenes, int grid) =>
        new([], [.. scenes.Select(scene => PatchLabels.Of(scene, grid))], scenes[0].PaintSeed);

    /// <summary>[B, 3, S, S].</summary>
    public Tensor ToTensor(int size) => tensor(Pixels, [Labels.Length, 3, size, size]);

    /// <summary>Classes of one group, [B · N].</summary>
    public Tensor Classes(int group) => tensor((long[])[.. Labels.SelectMany(labels => labels.Classes[group])]);
}
