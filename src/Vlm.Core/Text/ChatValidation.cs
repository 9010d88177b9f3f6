namespace Vlm.Core.Text;

/// <summary>What every template asks of a conversation.</summary>
public static class ChatValidation
{
    /// <summary>Everything that is wrong: the place (<c>messages[1].role</c>), with what was expected there and found.</summary>
    public static IEnumerable<(string Path, string Fault)> Faults(IReadOnlyList<ChatMessage> messages)
    {
        int numPictures = 0;
        foreach ((int i, ChatMessage message) in messages.Index())
        {
            foreach (string fault in RoleFaults(message.Role, i))
            {
                yield return ($"messages[{i}].role", fault);
            }

            ChatPart.Image[] pictures = [.. message.Content.OfType<ChatPart.Image>()];
            foreach (string fault in ContentFaults(message, pictures, numPictures))
            {
                yield return ($"messages[{i}].content", fault);
            }

            numPictures += pictures.Length;
        }

        if (messages.Count == 0 || messages[^1].Role != ChatMessage.User)
        {
            yield return ("messages", $"expected a user turn at the end, found {(messages.Count == 0 ? "no turn" : "another role")}.");
        }
    }

    private static IEnumerable<string> RoleFaults(string role, int index)
    {
        if (role is not (ChatMessage.System or ChatMessage.User or ChatMessage.Assistant))
        {
            yield return $"expected system, user or assistant, found '{role}'.";
        }

        if (role == ChatMessage.System && index > 0)
        {
            yield return "expected system in the first turn only, found it here.";
        }
    }

    private static IEnumerable<string> ContentFaults(ChatMessage message, ChatPart.Image[] pictures, int numBefore)
    {
        if (pictures.Length == 0 && !message.Content.OfType<ChatPart.Text>().Any(part => part.Value.Length > 0))
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
