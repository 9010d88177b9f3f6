using System.Net.ServerSentEvents;
using System.Text.Json;
using Vlm.Api.Contracts;
using Vlm.Core.Chat;

namespace Vlm.Api.Endpoints;

/// <summary>Answers of POST /chat: events <c>token</c>, then <c>done</c> or <c>error</c>.</summary>
internal sealed class ChatFormat(JsonSerializerOptions json) : IAnswerFormat
{
    public object Whole(IReadOnlyList<ChatResult> results) => results.Single();

    public IEnumerable<SseItem<string>> Frames(ChatEvent happened) => happened switch
    {
        ChatEvent.Piece piece => [new(JsonSerializer.Serialize(new TokenPiece(piece.Text), json), "token")],
        ChatEvent.Done done => [new(JsonSerializer.Serialize(done.Result, json), "done")],
        _ => throw new InvalidOperationException($"chat event: expected a piece or the result, found {happened.GetType().Name}."),
    };

    public SseItem<string> Error(Problem problem) => new(JsonSerializer.Serialize(problem, problem.GetType(), json), "error");
}
