using Microsoft.Extensions.Options;
using Vlm.Api.Contracts;
using Vlm.Api.OpenApi;
using Vlm.Api.Requests;
using Vlm.Core.Chat;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

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

    private static Task<IResult> AnswerAsync(HttpContext http, ChatRequestReader reader, IOptions<JsonOptions> json) =>
        Answering.RunAsync(http, async (model, cancel) =>
        {
            ChatCommand command = await reader.ReadAsync(http.Request, model.Engine.Model, cancel);
            return (command, new ChatFormat(json.Value.SerializerOptions));
        });
}
