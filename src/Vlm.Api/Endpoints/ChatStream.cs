using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Vlm.Api.Contracts;
using Vlm.Core.Chat;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api.Endpoints;

/// <summary>An answer as server-sent events.</summary>
internal static class ChatStream
{
    /// <summary>
    /// Waits for the first event, so that a refusal still becomes an ordinary error answer; from then on an error is an event.
    /// </summary>
    public static async Task<IResult> StartAsync(IAsyncEnumerator<ChatEvent> events, HttpContext http, Deadline deadline)
    {
        bool any;
        try
        {
            any = await events.MoveNextAsync();
        }
        catch
        {
            await events.DisposeAsync();
            throw;
        }

        http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects pieces defeats the purpose
        return TypedResults.ServerSentEvents(FramesAsync(events, any, http, deadline));
    }

    private static async IAsyncEnumerable<SseItem<string>> FramesAsync(
        IAsyncEnumerator<ChatEvent> events, bool any, HttpContext http, Deadline deadline)
    {
        JsonSerializerOptions json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await using (events)
        {
            while (any)
            {
                yield return Frame(events.Current, http, json);
                (any, Problem? problem) = await NextAsync(events, http, deadline);
                if (problem is not null)
                {
                    yield return new(JsonSerializer.Serialize(problem, json), "error");
                }
            }
        }
    }

    private static SseItem<string> Frame(ChatEvent happened, HttpContext http, JsonSerializerOptions json)
    {
        switch (happened)
        {
            case ChatEvent.Piece piece:
                return new(JsonSerializer.Serialize(new TokenPiece(piece.Text), json), "token");
            case ChatEvent.Done done:
                RequestFacts.Of(http).Result = done.Result;
                return new(JsonSerializer.Serialize(done.Result, json), "done");
            default:
                throw new InvalidOperationException($"chat event: expected a piece or the result, found {happened.GetType().Name}.");
        }
    }

    private static async Task<(bool Any, Problem? Problem)> NextAsync(
        IAsyncEnumerator<ChatEvent> events, HttpContext http, Deadline deadline)
    {
        try
        {
            return (await events.MoveNextAsync(), null);
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested)
        {
            bool isLate = error is OperationCanceledException && deadline.HasPassed;
            Problem problem = ErrorResponses.From(isLate ? deadline.Exception : error, http);
            RequestFacts.Of(http).Status = problem.Status;
            return (false, problem);
        }
    }
}
