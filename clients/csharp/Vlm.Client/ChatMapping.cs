using Microsoft.Extensions.AI;

namespace Vlm.Client;

/// <summary>Messages, options and usage of Microsoft.Extensions.AI as this server has them.</summary>
internal static class ChatMapping
{
    /// <summary>The question that messages and options stand for.</summary>
    /// <exception cref="NotSupportedException">The server has nothing of the kind.</exception>
    public static ChatQuestion ToQuestion(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        Refuse(options?.Tools is { Count: > 0 }, "Tools");
        Refuse(options?.ResponseFormat is not (null or ChatResponseFormatText), "ResponseFormat");
        List<Turn> turns = [.. messages.Select(ToTurn)];
        return new()
        {
            Model = options?.ModelId,
            Messages = options?.Instructions is { } instructions ? [new("system", [Part.OfText(instructions)]), .. turns] : turns,
            Merge = options?.AdditionalProperties?.GetValueOrDefault(VlmChatClient.Merge) as MergeSetting,
            MaxTokens = options?.MaxOutputTokens,
            Temperature = options?.Temperature,
            TopP = options?.TopP,
            TopK = options?.TopK,
            Seed = options?.Seed,
            Stop = options?.StopSequences is { Count: > 0 } stops ? [.. stops] : null,
        };
    }

    /// <summary>Why an answer ended.</summary>
    public static ChatFinishReason Reason(ChatAnswer answer) => answer.FinishReason == "stop" ? ChatFinishReason.Stop : ChatFinishReason.Length;

    /// <summary>Token counts.</summary>
    public static UsageDetails Details(ChatAnswer answer) => new()
    {
        InputTokenCount = answer.Usage.PromptTokens,
        CachedInputTokenCount = answer.Usage.CachedTokens,
        OutputTokenCount = answer.Usage.CompletionTokens,
        TotalTokenCount = answer.Usage.TotalTokens,
        AdditionalCounts = new() { [VlmChatClient.ImageTokens] = answer.Usage.Images.Sum(image => image.Tokens) },
    };

    private static Turn ToTurn(ChatMessage message)
    {
        Refuse(message.Role == ChatRole.Tool, "messages of tools");
        return new(message.Role.Value, [.. message.Contents.Select(ToPart)]);
    }

    private static Part ToPart(AIContent content) => content switch
    {
        TextContent text => Part.OfText(text.Text),
        DataContent data when data.HasTopLevelMediaType("image") => Part.OfImage(data.Uri),
        UriContent link when link.HasTopLevelMediaType("image") => Part.OfImage(link.Uri.ToString()),
        _ => throw new NotSupportedException($"{content.GetType().Name}: expected text or an image."),
    };

    private static void Refuse(bool isThere, string what)
    {
        if (isThere)
        {
            throw new NotSupportedException($"{what}: this server has none.");
        }
    }
}
