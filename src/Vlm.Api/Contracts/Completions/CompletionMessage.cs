using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Vlm.Api.Requests;

namespace Vlm.Api.Contracts.Completions;

/// <summary>Who speaks in a message.</summary>
public enum CompletionRole
{
    /// <summary>Instructions to the model.</summary>
    System,

    /// <summary>Newer name of <see cref="System"/>.</summary>
    Developer,

    /// <summary>The person who asks.</summary>
    User,

    /// <summary>An earlier answer of the model.</summary>
    Assistant,
}

/// <summary>One message of a conversation.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record CompletionMessage
{
    /// <summary>Who speaks.</summary>
    public required CompletionRole Role { get; init; }

    /// <summary>What is said: a text, or parts of text and pictures in their order.</summary>
    public required TextOr<IReadOnlyList<CompletionPart>> Content { get; init; }
}

/// <summary>A piece of a message, told apart by <c>type</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(CompletionText), "text")]
[JsonDerivedType(typeof(CompletionImage), "image_url")]
public abstract record CompletionPart;

/// <summary>A piece of text. Special tokens written in it are plain text.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record CompletionText : CompletionPart
{
    /// <summary>The text.</summary>
    public required string Text { get; init; }
}

/// <summary>A picture.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record CompletionImage : CompletionPart
{
    /// <summary>The picture: an object with its URL, or the URL alone. May be absent where image_id names one sent before.</summary>
    public TextOr<ImageUrl>? ImageUrl { get; init; }

    /// <summary>A name for the picture, by which later requests may show it without image_url. Not of OpenAI.</summary>
    [MinLength(1)]
    [RegularExpression(PictureNames.Pattern)]
    public string? ImageId { get; init; }
}

/// <summary>Where a picture is.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record ImageUrl
{
    /// <summary>A <c>data:</c> URL with base64, or bare base64; http(s) where the server fetches pictures.</summary>
    public required string Url { get; init; }

    /// <summary>Accepted and without effect: <c>merge</c> says how many tokens a picture gets.</summary>
    public string? Detail { get; init; }
}
