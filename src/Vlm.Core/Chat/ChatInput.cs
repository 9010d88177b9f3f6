using Vlm.Core.Engine;
using Vlm.Core.Engine.Constraints;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Core.Chat;

/// <summary>One question with its pictures, as <c>POST /chat</c> and <c>./vlm chat</c> ask it.</summary>
public sealed record ChatInput
{
    /// <summary>Names the request in answers and logs; <c>chat-</c> and 32 hexadecimal digits when absent.</summary>
    public string? Id { get; init; }

    /// <summary>The conversation; ends with a user turn. Pictures are numbered in the order of their
    /// appearance.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Encoded picture files.</summary>
    public IReadOnlyList<byte[]> Images { get; init; } = [];

    /// <summary>Pictures that are decoded and resized already, in place of <see cref="Images"/>, its geometry and its
    /// orientation.</summary>
    public IReadOnlyList<PixelValues>? Pixels { get; init; }

    /// <summary>Token merging; null takes the preparer's default.</summary>
    public MergeSpec? Merge { get; init; }

    /// <summary>Whether the server, not the client, chose this merging because many requests wait; told in the usage.</summary>
    public bool MergedForLoad { get; init; }

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Whether the largest number of tokens is lowered to what the context leaves, instead of a refusal.</summary>
    public bool ClipsMaxTokens { get; init; }

    /// <summary>Answers to give, 1 or more; with a seed, answer i has that of the first plus i. Choices have
    /// one.</summary>
    public int NumAnswers { get; init; } = 1;

    /// <summary>What the answer's bytes must be; null for any.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Who is served first when several wait.</summary>
    public RequestPriority Priority { get; init; }

    /// <summary>Whose question it is; empty for nobody's. Caches are apart, places are shared evenly.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Prompt layout.</summary>
    public TemplateName Template { get; init; }

    /// <summary>How pictures become square.</summary>
    public ImageGeometry Geometry { get; init; }

    /// <summary>Whether the orientation that a camera noted is applied.</summary>
    public bool ApplyExif { get; init; } = true;

    /// <summary>When given, the answer is the one of these texts with the highest total log-probability.</summary>
    public IReadOnlyList<string>? Choices { get; init; }

    /// <summary>Whether the result carries the ids of the answer.</summary>
    public bool ReturnTokenIds { get; init; }
}

/// <summary>A question that cannot be asked.</summary>
/// <param name="field">The field of the request, as on the wire: <c>max_tokens</c>, <c>images[1]</c>.</param>
/// <param name="message">Subject, expected, found.</param>
/// <param name="inner">The cause, for a picture an <see cref="ImageException"/>.</param>
public sealed class ChatInputException(string field, string message, Exception? inner = null)
    : ArgumentException(message, inner)
{
    /// <summary>The field of the request, as on the wire.</summary>
    public string Field { get; } = field;

    /// <summary>Whether there is more of it than the model's context holds.</summary>
    public bool ExceedsContext { get; init; }

    /// <summary>Further things that are wrong, as with the second of two bad pictures.</summary>
    public IReadOnlyList<ChatInputException> Others { get; init; } = [];

    /// <summary>Everything that is wrong.</summary>
    public IEnumerable<ChatInputException> All => Others.Prepend(this);
}
