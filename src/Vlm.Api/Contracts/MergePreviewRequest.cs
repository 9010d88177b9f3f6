using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Vlm.Api.Requests;
using Vlm.Core.Imaging;

namespace Vlm.Api.Contracts;

/// <summary>A picture and how its tokens shall merge, to see what becomes of every patch.</summary>
public sealed record MergePreviewRequest
{
    /// <summary>Model to look into; the loaded one when absent. Another name is refused with 404.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// The picture, as base64 or as a <c>data:</c> URL with base64. JPEG, PNG, WebP, GIF, BMP or TIFF. A form uploads it as
    /// a file.
    /// </summary>
    public string? Image { get; init; }

    /// <summary>A name for the picture, as in POST /chat; without a picture: the name of one sent before.</summary>
    [MinLength(1)]
    [RegularExpression(PictureNames.Pattern)]
    public string? ImageId { get; init; }

    /// <summary>
    /// Merging of visual tokens: an object, or the short text <c>none</c> or <c>METHOD[/PROFILE]:RATIO</c>. The server's
    /// default when absent.
    /// </summary>
    public TextOr<MergeChoice>? Merge { get; init; }

    /// <summary>
    /// How the picture becomes square: padded, or cropped in its centre; <c>auto</c> as the checkpoint's configuration says.
    /// </summary>
    [DefaultValue(ImageGeometry.Auto)]
    public ImageGeometry ImageGeometry { get; init; }

    /// <summary>Turn the picture as its EXIF orientation says.</summary>
    [DefaultValue(true)]
    public bool ApplyExif { get; init; } = true;
}
