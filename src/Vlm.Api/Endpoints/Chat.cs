using Vlm.Api.Contracts;
using Vlm.Api.OpenApi;
using Vlm.Api.Requests;
using Vlm.Core.Chat;

namespace Vlm.Api.Endpoints;

/// <summary>POST /chat: pictures and a question in, an answer out.</summary>
internal static class Chat
{
    /// <summary>Maps the route.</summary>
    public static void MapChat(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/chat", AnswerAsync)
            .WithName("chat")
            .WithTags("Chat")
            .WithSummary("Ask about pictures")
            .WithDescription(
                "Short form (prompt, image, images) or long form (messages), as JSON or as a multipart form; with stream the answer "
                + "comes as server-sent events: token for each piece, done with the whole answer object, error with a problem.")
            .Accepts<ChatRequest>("application/json", "*/*") // any: the router's own 415 says neither expected nor found
            .Produces<ChatResult>()
            .ProducesProblems(400, 404, 408, 413, 415, 422, 429, 500, 503);

    private static async Task<IResult> AnswerAsync(HttpContext http, EngineHost host, ChatRequestReader reader, Deadlines deadlines)
    {
        LoadedModel model = host.Model;
        Deadline deadline = deadlines.Start(http);
        try
        {
            ChatCommand command = await reader.ReadAsync(http.Request, model.Engine.Model, deadline.Token);
            RequestFacts facts = RequestFacts.Of(http);
            facts.Sources = command.Sources;
            IAsyncEnumerator<ChatEvent> events = model.Chat(command.Input, deadline.Token).GetAsyncEnumerator(deadline.Token);
            return command.Stream
                ? await ChatStream.StartAsync(events, http, deadline)
                : TypedResults.Ok(facts.Result = await ResultAsync(events));
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw deadline.Exception;
        }
    }

    private static async Task<ChatResult> ResultAsync(IAsyncEnumerator<ChatEvent> events)
    {
        await using (events)
        {
            while (await events.MoveNextAsync())
            {
                if (events.Current is ChatEvent.Done done)
                {
                    return done.Result;
                }
            }
        }

        throw new InvalidOperationException("chat: expected a result at the end of the events, found none.");
    }
}
