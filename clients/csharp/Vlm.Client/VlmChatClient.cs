using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Vlm.Client;

/// <summary>
/// A server as an <see cref="IChatClient"/>. Pictures are <see cref="DataContent"/> or <see cref="UriContent"/>; a <see cref="MergeSetting"/>
/// among <see cref="ChatOptions.AdditionalProperties"/> under <see cref="Merge"/> says how their tokens merge.
/// </summary>
public sealed class VlmChatClient(VlmClient client) : IChatClient
{
    /// <summary>Name of the additional property with the <see cref="MergeSetting"/>.</summary>
    public const string Merge = "merge";

    /// <summary>Name of the additional count of visual tokens in <see cref="UsageDetails.AdditionalCounts"/>.</summary>
    public const string ImageTokens = "image_tokens";

    /// <summary>Asks and waits for the whole answer.</summary>
    /// <exception cref="NotSupportedException">Tools, forms of answers or contents that the server does not know.</exception>
    /// <exception cref="VlmException">The server refuses.</exception>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatAnswer answer = await client.AskAsync(ChatMapping.ToQuestion(messages, options), cancellationToken).ConfigureAwait(false);
        return new(new ChatMessage(ChatRole.Assistant, answer.Answer) { MessageId = answer.Id })
        {
            ResponseId = answer.Id,
            ModelId = answer.Model,
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(answer.Created),
            FinishReason = ChatMapping.Reason(answer),
            Usage = ChatMapping.Details(answer),
            RawRepresentation = answer,
        };
    }

    /// <summary>Asks and gives the answer as it comes; the last update has reason and usage.</summary>
    /// <exception cref="NotSupportedException">Tools, forms of answers or contents that the server does not know.</exception>
    /// <exception cref="VlmException">The server refuses, or fails amid the answer.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ChatStep step in client.StreamAsync(ChatMapping.ToQuestion(messages, options), cancellationToken).ConfigureAwait(false))
        {
            yield return step.Answer is { } answer
                ? new(ChatRole.Assistant, [new UsageContent(ChatMapping.Details(answer))])
                {
                    ResponseId = answer.Id,
                    ModelId = answer.Model,
                    CreatedAt = DateTimeOffset.FromUnixTimeSeconds(answer.Created),
                    FinishReason = ChatMapping.Reason(answer),
                    RawRepresentation = answer,
                }
                : new(ChatRole.Assistant, step.Text);
        }
    }

    /// <summary>This object or the client behind it, where it is of the type asked for.</summary>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType.IsInstanceOfType(this) ? this
        : serviceType.IsInstanceOfType(client) ? client
        : null;

    /// <summary>Does nothing: the HTTP client is the caller's.</summary>
    public void Dispose()
    {
    }
}
