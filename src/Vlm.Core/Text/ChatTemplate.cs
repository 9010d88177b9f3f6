using System.Text;

namespace Vlm.Core.Text;

/// <summary>
/// Messages to the prompt a checkpoint was trained on: vicuna_v1 and llava_v1 of haotian-liu/LLaVA, and the chat
/// template of llava-hf. Pictures come in front of their message's text, as in training. Several pictures in one
/// message: the original family joins them by spaces (lmms-eval), Hugging Face gives each its line. Several texts in
/// one message are joined by a space, the way Hugging Face's template does it.
/// </summary>
public static class ChatTemplate
{
    private const string VicunaSystem =
        "A chat between a curious user and an artificial intelligence assistant. " +
        "The assistant gives helpful, detailed, and polite answers to the user's questions.";

    private const string LlavaSystem =
        "A chat between a curious human and an artificial intelligence assistant. " +
        "The assistant gives helpful, detailed, and polite answers to the human's questions.";

    private const string EndOfReply = "</s>";

    /// <summary>The prompt of a conversation, open for the assistant's next reply.</summary>
    /// <exception cref="ArgumentException">
    /// No messages; unknown role; an empty message other than an answer; a system message that is not the first; pictures outside user
    /// messages or not numbered 0, 1, ... in order; a last message that is not the user's;
    /// <see cref="TemplateName.Auto"/>.
    /// </exception>
    public static IReadOnlyList<PromptSegment> Render(TemplateName template, IReadOnlyList<ChatMessage> messages)
    {
        if (ChatValidation.Faults(messages).FirstOrDefault() is { Path: not null } wrong)
        {
            throw new ArgumentException($"{wrong.Path}: {wrong.Fault}");
        }

        messages = [.. messages.Where(message => !ChatValidation.IsAbsent(message))];
        SegmentBuilder prompt = new();
        switch (template)
        {
            case TemplateName.VicunaV1:
                RenderOriginal(prompt, VicunaSystem, messages);
                break;
            case TemplateName.LlavaV1:
                RenderOriginal(prompt, LlavaSystem, messages);
                break;
            case TemplateName.Hf:
                RenderHuggingFace(prompt, messages);
                break;
            default:
                throw new ArgumentException(
                    $"template: expected vicuna_v1, llava_v1 or hf, found {template}; " +
                    "resolve auto by the checkpoint first.");
        }

        return prompt.Build();
    }

    /// <summary>The prompt as one text, <c>&lt;image&gt;</c> for each picture; to read, never to tokenise.</summary>
    public static string ToText(IReadOnlyList<PromptSegment> segments)
    {
        StringBuilder text = new();
        foreach (PromptSegment segment in segments)
        {
            text.Append(segment switch
            {
                PromptSegment.Text part => part.Value,
                PromptSegment.Special special => special.Token,
                _ => "<image>",
            });
        }

        return text.ToString();
    }

    private static void RenderOriginal(SegmentBuilder prompt, string system, IReadOnlyList<ChatMessage> messages)
    {
        bool hasSystem = messages[0].Role == ChatMessage.System;
        prompt.Text(hasSystem ? Texts(messages[0]) : system).Text(" ");
        foreach (ChatMessage message in messages.Skip(hasSystem ? 1 : 0))
        {
            prompt.Text(message.Role == ChatMessage.User ? "USER: " : "ASSISTANT: ");
            Pictures(prompt, message, between: " ", after: "\n");
            prompt.Text(Texts(message));
            _ = message.Role == ChatMessage.User ? prompt.Text(" ") : prompt.Special(EndOfReply);
        }

        prompt.Text("ASSISTANT:");
    }

    private static void RenderHuggingFace(SegmentBuilder prompt, IReadOnlyList<ChatMessage> messages)
    {
        foreach (ChatMessage message in messages)
        {
            prompt.Text(message.Role == ChatMessage.System ? "" : message.Role.ToUpperInvariant() + ": ");
            Pictures(prompt, message, between: "\n", after: "\n");
            foreach (ChatPart.Text part in message.Content.OfType<ChatPart.Text>())
            {
                prompt.Text(part.Value).Text(" ");
            }
        }

        prompt.Text("ASSISTANT:");
    }

    private static void Pictures(SegmentBuilder prompt, ChatMessage message, string between, string after)
    {
        ChatPart.Image[] pictures = [.. message.Content.OfType<ChatPart.Image>()];
        for (int i = 0; i < pictures.Length; i++)
        {
            prompt.Image(pictures[i].Index).Text(i < pictures.Length - 1 ? between : after);
        }
    }

    private static string Texts(ChatMessage message) =>
        string.Join(' ', message.Content.OfType<ChatPart.Text>().Select(part => part.Value));
}
