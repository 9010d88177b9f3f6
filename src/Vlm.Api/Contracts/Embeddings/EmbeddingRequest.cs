using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Vlm.Api.Requests;
using Vlm.Core.Imaging;

namespace Vlm.Api.Contracts.Embeddings;

/// <summary>How numbers are sent.</summary>
public enum EmbeddingFormat
{
    /// <summary>As JSON numbers.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "OpenAI's word on the wire.")]
    Float,

    /// <summary>As base64 of little-endian float32.</summary>
    Base64,
}

/// <summary>Pictures to embed, in OpenAI's form. Unknown fields are ignored.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record EmbeddingRequest
{
    /// <summary>Model to embed with; the loaded one when absent. Another name is refused with 404.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// A picture or several: <c>data:</c> URLs or base64; http(s) where the server fetches pictures. Text is not embedded. May be absent
    /// where image_id names a picture sent before.
    /// </summary>
    public TextOr<IReadOnlyList<string>>? Input { get; init; }

    /// <summary>A name for the one picture of input, as in POST /chat; without input: the name of one sent before. Not of OpenAI.</summary>
    [MinLength(1)]
    [RegularExpression(PictureNames.Pattern)]
    public string? ImageId { get; init; }

    /// <summary>How numbers are sent.</summary>
    [DefaultValue(EmbeddingFormat.Float)]
    public EmbeddingFormat EncodingFormat { get; init; }

    /// <summary>Length of the vectors: only that which they have is possible.</summary>
    [Range(1, int.MaxValue)]
    public int? Dimensions { get; init; }

    /// <summary>Merging of visual tokens, as in POST /chat.</summary>
    public TextOr<MergeChoice>? Merge { get; init; }

    /// <summary>How a picture becomes square; <c>auto</c> as the checkpoint's configuration says.</summary>
    [DefaultValue(ImageGeometry.Auto)]
    public ImageGeometry ImageGeometry { get; init; }
}
