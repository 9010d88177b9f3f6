using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Options;

/// <summary>Section <c>Images</c>, beside <see cref="Core.Imaging.ImageLimits"/>: what concerns a request, not a picture.</summary>
public sealed class ImagesOptions
{
    /// <summary>Largest number of pictures in one request.</summary>
    [Range(0, 64)]
    public int MaxPerRequest { get; set; } = 8;

    /// <summary>Memory for pictures that clients have named by <c>image_id</c>, in bytes for each key; 0 keeps none.</summary>
    [Range(0, long.MaxValue)]
    public long NamedBytes { get; set; } = 64 << 20;
}
