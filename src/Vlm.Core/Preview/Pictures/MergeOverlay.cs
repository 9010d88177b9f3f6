using System.Globalization;
using Vlm.Core.Imaging;

namespace Vlm.Core.Preview.Pictures;

/// <summary>A picture with the patches that became one token in one colour, outlined.</summary>
public static class MergeOverlay
{
    /// <summary>As SVG that stands alone.</summary>
    /// <param name="square">The picture as the tower sees it.</param>
    /// <param name="preview">What merging did to it.</param>
    public static string ToSvg(RgbImage square, MergePreview preview)
    {
        SquarePicture picture = new(square, preview.Grid);
        string body = new LayerPictures(picture, preview.Layers[^1]).Groups(outlined: true);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {preview.Grid} {preview.Grid}">{picture.Definition}{body}</svg>""");
    }
}
