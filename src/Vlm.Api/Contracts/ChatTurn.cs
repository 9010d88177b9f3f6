using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Vlm.Api.Requests;

namespace Vlm.Api.Contracts;

/// <summary>Who speaks in a turn.</summary>
public enum ChatRole
{
    /// <summary>Instructions to the model.</summary>
    System,

    /// <summary>The person who asks.</summary>
    User,

    /// <summary>An earlier answer of the model.</summary>
    Assistant,
}

/// <summary>One turn of a conversation.</summary>
public sealed record ChatTurn
{
    /// <summary>Who speaks.</summary>
    public required ChatRole Role { get; init; }

    /// <summary>What is said: a text, or parts of text and pictures in their order.</summary>
    public required TextOr<IReadOnlyList<ContentPart>> Content { get; init; }
}

/// <summary>A piece of a turn, told apart by <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(TextPart), "text")]
[JsonDerivedType(typeof(ImagePart), "image")]
public abstract record ContentPart;

/// <summary>A piece of text. Special tokens written in it are plain text.</summary>
public sealed record TextPart : ContentPart
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }
}

/// <summary>A picture, or the place of one.</summary>
public sealed record ImagePart : ContentPart
{
    /// <summary>
    /// Base64, or a <c>data:</c> URL with base64. Absent, as image_id: the next picture of the request's <c>image</c>, <c>images</c> or
    /// uploaded files.
    /// </summary>
    public string? Image { get; init; }

    /// <summary>A name for the picture given here; without one: the name of a picture sent before.</summary>
    [MinLength(1)]
    [RegularExpression(PictureNames.Pattern)]
    public string? ImageId { get; init; }
}
