using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Vlm.Api.Requests;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Text;

namespace Vlm.Api.Contracts;

/// <summary>A question about pictures: short form (<c>prompt</c>, <c>image</c>, <c>images</c>) or long form (<c>messages</c>).</summary>
public sealed record ChatRequest
{
    /// <summary>Smallest and largest number of <see cref="Choices"/>.</summary>
    public const int MinChoices = 2, MaxChoices = 64;

    /// <summary>Largest number of <see cref="Stop"/> texts.</summary>
    public const int MaxStops = 4;

    /// <summary>Model to answer; the loaded one when absent. Another name is refused with 404.</summary>
    public string? Model { get; init; }

    /// <summary>
    /// Short form: the text of one user turn. Excludes <c>messages</c>. Special tokens written in it are plain text.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>
    /// Short form: a picture of that turn, as base64 or as a <c>data:</c> URL with base64. JPEG, PNG, WebP, GIF, BMP or TIFF.
    /// </summary>
    public string? Image { get; init; }

    /// <summary>
    /// Short form: the pictures of that turn, after <c>image</c>. With <c>messages</c>: the pictures of its image parts that
    /// carry none, in order.
    /// </summary>
    public IReadOnlyList<string>? Images { get; init; }

    /// <summary>
    /// Short form: a name for the one picture of that turn, by which later requests may show it without sending it; without a
    /// picture: the name of one sent before. A name that is unknown, or gone by now, is refused with 404, another picture under
    /// a known name with 400.
    /// </summary>
    [MinLength(1)]
    [RegularExpression(PictureNames.Pattern)]
    public string? ImageId { get; init; }

    /// <summary>Long form: the conversation. Ends with a user turn. Excludes <c>prompt</c>.</summary>
    public IReadOnlyList<ChatTurn>? Messages { get; init; }

    /// <summary>
    /// Merging of visual tokens: an object, or the short text <c>none</c> or
    /// <c>METHOD[/PROFILE]:RATIO[,OPTION=VALUE...]</c>. The server's default when absent.
    /// </summary>
    public TextOr<MergeChoice>? Merge { get; init; }

    /// <summary>Largest number of tokens to generate. Prompt and answer together must fit the model's context.</summary>
    [Range(1, int.MaxValue)]
    [DefaultValue(128)]
    public int MaxTokens { get; init; } = 128;

    /// <summary>0 takes the most likely token every time; above, logits are divided by it before sampling.</summary>
    [Range(0.0, 2.0)]
    [DefaultValue(0.0)]
    public double Temperature { get; init; }

    /// <summary>Samples from the smallest set of tokens whose probabilities sum to this share.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    [DefaultValue(1.0)]
    public double TopP { get; init; } = 1;

    /// <summary>Samples from this many most likely tokens; 0 for all.</summary>
    [Range(0, int.MaxValue)]
    [DefaultValue(0)]
    public int TopK { get; init; }

    /// <summary>Seed of the sampling, any whole number of 64 bits: the same seed gives the same answer.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Text, or up to 4 texts, that end the answer; they are not part of it.</summary>
    public TextOr<IReadOnlyList<string>>? Stop { get; init; }

    /// <summary>Send the answer piece by piece as server-sent events.</summary>
    [DefaultValue(false)]
    public bool Stream { get; init; }

    /// <summary>Prompt template; <c>auto</c> takes the checkpoint's own.</summary>
    [DefaultValue(TemplateName.Auto)]
    public TemplateName Template { get; init; }

    /// <summary>
    /// How a picture becomes square: padded, or cropped in its centre; <c>auto</c> as the checkpoint's configuration says.
    /// </summary>
    [DefaultValue(ImageGeometry.Auto)]
    public ImageGeometry ImageGeometry { get; init; }

    /// <summary>Turn pictures as their EXIF orientation says.</summary>
    [DefaultValue(true)]
    public bool ApplyExif { get; init; } = true;

    /// <summary>Answer with one of these texts: the one with the highest total log-probability. All scores are returned.</summary>
    [Length(MinChoices, MaxChoices)]
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Number of most likely alternatives to return per token.</summary>
    [Range(0, SamplingOptions.MaxLogprobs)]
    [DefaultValue(0)]
    public int Logprobs { get; init; }

    /// <summary>Return the token ids of the answer.</summary>
    [DefaultValue(false)]
    public bool ReturnTokenIds { get; init; }
}
