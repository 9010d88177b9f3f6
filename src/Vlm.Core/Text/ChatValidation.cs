namespace Vlm.Core.Text;

/// <summary>What every template asks of a conversation.</summary>
public static class ChatValidation
{
    /// <summary>Everything that is wrong: the place (<c>messages[1].role</c>), with what was expected there and found.</summary>
    public static IEnumerable<(string Path, string Fault)> Faults(IReadOnlyList<ChatMessage> messages)
    {
        int numPictures = 0;
        bool hasBegun = false;
        foreach ((int i, ChatMessage message) in messages.Index().Where(m => !IsAbsent(m.Item)))
        {
            foreach (string fault in RoleFaults(message.Role, hasBegun))
            {
                yield return ($"messages[{i}].role", fault);
            }

            ChatPart.Image[] pictures = [.. message.Content.OfType<ChatPart.Image>()];
            foreach (string fault in ContentFaults(message, pictures, numPictures))
            {
                yield return ($"messages[{i}].content", fault);
            }

            numPictures += pictures.Length;
            hasBegun = true;
        }

        if (messages.Count == 0 || messages[^1].Role != ChatMessage.User)
        {
            yield return ("messages", $"expected a user turn at the end, found {(messages.Count == 0 ? "no turn" : "another role")}.");
        }
    }

    /// <summary>A system message without content is as none, as OpenAI's API has it.</summary>
    public static bool IsAbsent(ChatMessage message) =>
        message.Role == ChatMessage.System && !HasText(message) && !message.Content.OfType<ChatPart.Image>().Any();

    private static bool HasText(ChatMessage message) =>
        message.Content.OfType<ChatPart.Text>().Any(part => part.Value.Length > 0);

    private static IEnumerable<string> RoleFaults(string role, bool hasBegun)
    {
        if (role is not (ChatMessage.System or ChatMessage.User or ChatMessage.Assistant))
        {
            yield return $"expected system, user or assistant, found '{role}'.";
        }

        if (role == ChatMessage.System && hasBegun)
        {
            yield return "expected system in the first turn only, found it here.";
        }
    }

    private static IEnumerable<string> ContentFaults(ChatMessage message, ChatPart.Image[] pictures, int numBefore)
    {
        bool isEmpty = pictures.Length == 0 && !HasText(message);
        if (isEmpty && message.Role != ChatMessage.Assistant) // an answer may have been empty
        {
            yield return "expected text or a picture, found nothing.";
        }

        if (pictures.Length > 0 && message.Role != ChatMessage.User)
        {
            yield return "expected pictures in user turns only, found one here.";
        }

        foreach ((int i, ChatPart.Image picture) in pictures.Index().Where(p => p.Item.Index != numBefore + p.Index))
        {
            yield return $"expected picture {numBefore + i} next, found picture {picture.Index}.";
        }
    }
}
