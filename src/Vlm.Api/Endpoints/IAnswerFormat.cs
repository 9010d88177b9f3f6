using System.Net.ServerSentEvents;
using Vlm.Api.Contracts;
using Vlm.Core.Chat;

namespace Vlm.Api.Endpoints;

/// <summary>How an answer looks on the wire; one instance per request.</summary>
internal interface IAnswerFormat
{
    /// <summary>The body of an answer that is sent whole.</summary>
    /// <param name="results">One per answer asked for, in their order.</param>
    object Whole(IReadOnlyList<ChatResult> results);

    /// <summary>The frames of a streamed answer that an event gives.</summary>
    IEnumerable<SseItem<string>> Frames(ChatEvent happened);

    /// <summary>The last frame of a streamed answer that failed.</summary>
    SseItem<string> Error(Problem problem);
}
