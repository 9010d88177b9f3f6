namespace Vlm.Core.Text;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Texts and pictures in the order of the request.</param>
public sealed record ChatMessage(string Role, IReadOnlyList<ChatPart> Content)
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";

    /// <summary>A message of one text.</summary>
    public ChatMessage(string role, string text)
        : this(role, [new ChatPart.Text(text)])
    {
    }
}

/// <summary>A text or a picture inside a message.</summary>
public abstract record ChatPart
{
    private ChatPart()
    {
    }

    /// <summary>What was written.</summary>
    public sealed record Text(string Value) : ChatPart;

    /// <summary>A picture; <paramref name="Index"/> counts the request's pictures from 0.</summary>
    public sealed record Image(int Index) : ChatPart;
}
