using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Options;

/// <summary>Section <c>Images</c>, beside <see cref="Core.Imaging.ImageLimits"/>: what concerns a request, not a picture.</summary>
public sealed class ImagesOptions
{
    /// <summary>Largest number of pictures in one request.</summary>
    [Range(0, 64)]
    public int MaxPerRequest { get; set; } = 8;
}
