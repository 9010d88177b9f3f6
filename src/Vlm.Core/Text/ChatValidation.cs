namespace Vlm.Core.Text;

/// <summary>What every template asks of a conversation.</summary>
internal static class ChatValidation
{
    public static void Check(IReadOnlyList<ChatMessage> messages)
    {
        if (messages.Count == 0)
        {
            throw new ArgumentException("messages: expected at least one, found none.");
        }

        int numPictures = 0;
        for (int i = 0; i < messages.Count; i++)
        {
            CheckRole(i, messages[i]);
            CheckContent(i, messages[i]);
            numPictures = CheckPictures(i, messages[i], numPictures);
        }

        if (messages[^1].Role != ChatMessage.User)
        {
            throw Wrong(messages.Count - 1, "role", $"expected user in the last message, found {messages[^1].Role}.");
        }
    }

    private static void CheckRole(int index, ChatMessage message)
    {
        if (message.Role is not (ChatMessage.System or ChatMessage.User or ChatMessage.Assistant))
        {
            throw Wrong(index, "role", $"expected system, user or assistant, found '{message.Role}'.");
        }

        if (message.Role == ChatMessage.System && index > 0)
        {
            throw Wrong(index, "role", "expected system only in the first message, found it here.");
        }
    }

    private static void CheckContent(int index, ChatMessage message)
    {
        bool hasText = message.Content.OfType<ChatPart.Text>().Any(part => part.Value.Length > 0);
        bool hasPicture = message.Content.OfType<ChatPart.Image>().Any();
        if (!hasText && !hasPicture)
        {
            throw Wrong(index, "content", "expected text or a picture, found nothing.");
        }

        if (hasPicture && message.Role != ChatMessage.User)
        {
            string problem = $"expected pictures only in user messages, found one in the {message.Role} message.";
            throw Wrong(index, "content", problem);
        }
    }

    private static int CheckPictures(int index, ChatMessage message, int next)
    {
        foreach (ChatPart.Image picture in message.Content.OfType<ChatPart.Image>())
        {
            if (picture.Index != next)
            {
                throw Wrong(index, "content", $"expected picture {next} next, found picture {picture.Index}.");
            }

            next++;
        }

        return next;
    }

    private static ArgumentException Wrong(int index, string field, string problem) =>
        new($"messages[{index}].{field}: {problem}");
}
