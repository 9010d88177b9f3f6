namespace Vlm.Core.Imaging;

/// <summary>Constants of the image preprocessing of one checkpoint (llava.md 5.1).</summary>
/// <param name="Size">Pixels per side of the square that the vision tower sees.</param>
/// <param name="DefaultGeometry">Pad or Crop: what <see cref="ImageGeometry.Auto"/> stands for.</param>
/// <param name="RescaleFactor">From byte to 0..1.</param>
/// <param name="Mean">Per channel, subtracted after rescaling.</param>
/// <param name="Std">Per channel, the divisor after that.</param>
public sealed record PreprocessorConfig(
    int Size, ImageGeometry DefaultGeometry, double RescaleFactor, float[] Mean, float[] Std)
{
    /// <summary>CLIP's constants as its files write them, which have more digits than a float.</summary>
    internal static readonly double[] ClipMean = [0.48145466, 0.4578275, 0.40821073], ClipStd = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>CLIP ViT-L/14-336: what holds where a checkpoint says nothing.</summary>
    public static PreprocessorConfig Default { get; } = new(
        336, ImageGeometry.Crop, 0.00392156862745098, [.. ClipMean.Select(m => (float)m)], [.. ClipStd.Select(s => (float)s)]);

    /// <summary>Reads <c>preprocessor_config.json</c> (or the image processor inside <c>processor_config.json</c>); in
    /// the original layout that of the vision tower's folder, with the geometry of <c>image_aspect_ratio</c>.</summary>
    /// <param name="checkpointFolder">Folder of the checkpoint, or one that holds a preprocessor file only.</param>
    /// <exception cref="InvalidDataException">A file is malformed or asks for something unsupported.</exception>
    public static PreprocessorConfig Load(string checkpointFolder) => PreprocessorConfigReader.Load(checkpointFolder);
}
