using System.Text;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Core.Preview.Pictures;
using Vlm.Eval.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Reports;

/// <summary>What merging did to a benchmark's picture, drawn over it. Needs the model of the run.</summary>
/// <param name="source">That model.</param>
/// <param name="previewer">Runs it.</param>
/// <param name="pictureSize">Pixels per side of the picture below the drawing; null takes the tower's.</param>
public sealed class Overlays(ModelSource source, MergePreviewer previewer, int? pictureSize = null)
{
    /// <summary>A data URL of the drawing.</summary>
    public async Task<string> DrawAsync(byte[] image, AskSettings settings, MergeSpec merge, CancellationToken cancel)
    {
        PreviewInput input = new() { Image = image, Merge = merge, Geometry = settings.Geometry, ApplyExif = settings.ApplyExif };
        MergePreview preview = await previewer.PreviewAsync(input, cancel).ConfigureAwait(false);
        ImageGeometry geometry = settings.Geometry == ImageGeometry.Auto ? source.Description.Geometry : settings.Geometry;
        PreprocessorConfig shown = source.Preprocessor with { Size = pictureSize ?? source.Preprocessor.Size };
        RgbImage square = new ClipImageProcessor(shown).Resize(ImageDecoder.Decode(image, new ImageLimits(), settings.ApplyExif), geometry);
        return "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(MergeOverlay.ToSvg(square, preview)));
    }
}
