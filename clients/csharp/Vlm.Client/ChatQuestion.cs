namespace Vlm.Client;

/// <summary>A question about pictures: the body of <c>POST /chat</c>. What is null is left to the server's defaults.</summary>
public sealed record ChatQuestion
{
    /// <summary>Model to answer; the loaded one when null.</summary>
    public string? Model { get; init; }

    /// <summary>Short form: the text of one user turn; excludes <see cref="Messages"/>.</summary>
    public string? Prompt { get; init; }

    /// <summary>Short form: one picture, as base64, a <c>data:</c> URL, or a URL where the server fetches pictures.</summary>
    public string? Image { get; init; }

    /// <summary>Short form: the pictures of the turn, after <see cref="Image"/>.</summary>
    public IReadOnlyList<string>? Images { get; init; }

    /// <summary>Short form: a name for the one picture, by which later requests may show it; without a picture the name of one sent before.</summary>
    public string? ImageId { get; init; }

    /// <summary>Long form: the conversation; ends with a user turn.</summary>
    public IReadOnlyList<Turn>? Messages { get; init; }

    /// <summary>How visual tokens merge.</summary>
    public MergeSetting? Merge { get; init; }

    /// <summary>Largest number of tokens to generate, from 1; 128 when null.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>0 to 2; 0, the default, takes the most likely token every time.</summary>
    public double? Temperature { get; init; }

    /// <summary>Above 0 to 1: samples from the smallest set of tokens whose probabilities sum to this share.</summary>
    public double? TopP { get; init; }

    /// <summary>Samples from this many most likely tokens; 0 for all.</summary>
    public int? TopK { get; init; }

    /// <summary>The same seed gives the same answer.</summary>
    public long? Seed { get; init; }

    /// <summary>Up to 4 texts that end the answer.</summary>
    public IReadOnlyList<string>? Stop { get; init; }

    /// <summary>Whether the answer comes in pieces; set by <see cref="VlmClient"/>.</summary>
    public bool? Stream { get; init; }

    /// <summary>Prompt template: <c>auto</c>, <c>vicuna_v1</c>, <c>llava_v1</c> or <c>hf</c>.</summary>
    public string? Template { get; init; }

    /// <summary>How a picture becomes square: <c>auto</c>, <c>pad</c> or <c>crop</c>.</summary>
    public string? ImageGeometry { get; init; }

    /// <summary>Whether pictures are turned as their EXIF orientation says; true when null.</summary>
    public bool? ApplyExif { get; init; }

    /// <summary>2 to 64 texts of which the answer is the most likely.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Number of most likely alternatives to return per token, 0 to 20.</summary>
    public int? Logprobs { get; init; }

    /// <summary>Whether the token ids of the answer are returned.</summary>
    public bool? ReturnTokenIds { get; init; }
}

/// <summary>One turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Texts and pictures in their order.</param>
public sealed record Turn(string Role, IReadOnlyList<Part> Content);

/// <summary>A text or a picture; made by <see cref="OfText"/>, <see cref="OfImage"/> and <see cref="OfKnown"/>.</summary>
/// <param name="Type"><c>text</c> or <c>image</c>.</param>
/// <param name="Text">The text.</param>
/// <param name="Image">The picture, as base64, a <c>data:</c> URL, or a URL where the server fetches pictures.</param>
/// <param name="ImageId">A name by which later requests may show it.</param>
public sealed record Part(string Type, string? Text = null, string? Image = null, string? ImageId = null)
{
    /// <summary>A text.</summary>
    public static Part OfText(string text) => new("text", Text: text);

    /// <summary>A picture, with a name for later where wanted.</summary>
    public static Part OfImage(string image, string? id = null) => new("image", Image: image, ImageId: id);

    /// <summary>A picture sent before, by its name.</summary>
    public static Part OfKnown(string id) => new("image", ImageId: id);
}

/// <summary>How visual tokens merge: a method and one of ratio and budget.</summary>
/// <param name="Method">Name of the method, as <see cref="VlmClient.MethodsAsync"/> lists them; <c>none</c> for none.</param>
public sealed record MergeSetting(string Method)
{
    /// <summary>Profile of the method; <c>released</c> when null.</summary>
    public string? Profile { get; init; }

    /// <summary>Share of tokens kept in each layer, 0.5 to 1.</summary>
    public double? Ratio { get; init; }

    /// <summary>Largest number of visual tokens per picture.</summary>
    public int? ImageTokens { get; init; }
}
