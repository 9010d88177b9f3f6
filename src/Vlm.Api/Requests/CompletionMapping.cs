using Vlm.Api.Contracts;
using Vlm.Api.Contracts.Completions;
using Vlm.Core.Engine;

namespace Vlm.Api.Requests;

/// <summary>A request in OpenAI's form as POST /chat would have it.</summary>
internal static class CompletionMapping
{
    /// <summary>The same request; what POST /chat does not know is left out.</summary>
    public static ChatRequest ToChat(this CompletionRequest request, ModelDescription model) => new()
    {
        Model = request.Model,
        Messages = [.. (request.Messages ?? []).Select(ToTurn)], // null after a fault
        Merge = request.Merge,
        MaxTokens = request.MaxCompletionTokens ?? request.MaxTokens
            ?? Math.Min(CompletionRequest.DefaultMaxTokens, model.ContextLength),
        Temperature = request.Temperature,
        TopP = request.TopP,
        TopK = request.TopK,
        Seed = request.Seed,
        Stop = request.Stop,
        Stream = request.Stream,
        Template = request.Template,
        ImageGeometry = request.ImageGeometry,
        Logprobs = request.Logprobs ? Math.Max(request.TopLogprobs, 1) : 0,
    };

    private static ChatTurn ToTurn(CompletionMessage? message) => new()
    {
        Role = message?.Role switch
        {
            CompletionRole.System or CompletionRole.Developer => ChatRole.System,
            CompletionRole.Assistant => ChatRole.Assistant,
            _ => ChatRole.User,
        },
        Content = new()
        {
            Text = message?.Content?.Text,
            Value = message?.Content?.Value is { } parts ? [.. parts.Select(ToPart)] : null,
        },
    };

    private static ContentPart ToPart(CompletionPart? part) => part switch
    {
        CompletionImage image => new ImagePart { Image = UrlOf(image), ImageId = image.ImageId },
        CompletionText text => new TextPart { Text = text.Text },
        _ => new TextPart { Text = "" },
    };

    private static string? UrlOf(CompletionImage image) =>
        image.ImageUrl?.Text ?? image.ImageUrl?.Value?.Url ?? (image.ImageId is null ? "" : null);
}
